import { lookup } from 'node:dns/promises';
import type { PeerAddress } from '../doctor/checks/identify.ts';
import { checkInterlink } from '../doctor/checks/interlink.ts';
import { checkMedia } from '../doctor/checks/media.ts';
import { checkNat } from '../doctor/checks/nat.ts';
import { checkPrefixes } from '../doctor/checks/prefix.ts';
import { examineSystem } from '../doctor/examine-system.ts';
import type { Finding } from '../doctor/finding.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { isActive, isEncrypted, type ActiveInterlink } from '../domain/interlink.ts';
import { contactOf } from '../interlinks/local-system.ts';
import type { CallParts } from './calls.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';

export type DoctorParts = ReturnType<typeof buildDoctor>;

/** What finds out what is wrong, on this side and on each interlink. */
export function buildDoctor(
  { configFile, live, secrets, registry, system, identity, now }: Foundation,
  { health }: InterlinkParts,
  calls: CallParts,
) {
  let underWay: Promise<readonly Finding[]> | undefined;

  function examineInterlink(interlink: ActiveInterlink): readonly Finding[] {
    const { name, peer } = interlink;
    const own = contactOf(system(), identity.certificate, interlink);
    if (own === undefined) return [];
    return checkInterlink({ name, peer, own, signs: health.signsOf(interlink.id), now: now() });
  }

  async function examineAll(): Promise<readonly Finding[]> {
    const interlinks = registry.active();
    const addresses = await Promise.all(interlinks.map((interlink) => addressesOf(interlink)));
    const peers = addresses.flat();
    const plain = interlinks.some(({ peer }) => !isEncrypted(peer.trunk.kind));
    const { trunk, dialing } = live.current;
    return [
      ...(await examineSystem({ configFile, config: live.current, secrets, service: { peers, plain } })),
      ...checkNat(trunk.address, await resolve(trunk.address), peers),
      ...checkPrefixes(dialing.ownPrefix, interlinks),
      ...interlinks.flatMap((interlink) => examineInterlink(interlink)),
    ];
  }

  return {
    /** Whether sound goes both ways over an interlink, by a test call that rings nobody; takes about 3 s. */
    testMedia: async (id: string): Promise<Result<readonly Finding[]>> => {
      const interlink = registry.find(id);
      if (interlink === undefined || !isActive(interlink)) {
        return fail('not-found', 'There is no such connected interlink.', 'See "interlinks list".');
      }
      const outcome = await calls.testMedia.run(interlink);
      return ok(checkMedia(interlink.name, live.current.system.name, outcome));
    },
    /** One examination serves all who ask while it is under way. */
    examine: async (): Promise<readonly Finding[]> => {
      underWay ??= examineAll().finally(() => (underWay = undefined));
      return await underWay;
    },
  };
}

async function addressesOf({ name, peer }: ActiveInterlink): Promise<readonly PeerAddress[]> {
  const { trunk } = peer;
  return (await resolve(trunk.host)).map((address) => ({ interlink: name, address, trunk }));
}

async function resolve(host: string): Promise<readonly string[]> {
  return await lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}
