import { isDeepStrictEqual } from 'node:util';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { CallChannels } from '../asterisk/call-channels.ts';
import { DialplanGlobals } from '../asterisk/dialplan-globals.ts';
import { PjsipTrunks } from '../asterisk/pjsip-trunks.ts';
import { AriTrunkCalls } from '../asterisk/trunk-calls.ts';
import type { ConfigChange } from '../config/live-config.ts';
import { TrunkReconciler } from '../interlinks/trunk-reconciler.ts';
import type { Foundation } from './foundation.ts';
import { inDialplan } from './inputs.ts';
import type { InterlinkParts } from './interlinks.ts';

/** Name of the Stasis application; dialplan/interlinks.conf says the same. */
const stasisApplication = 'interlinks';

export type AsteriskParts = ReturnType<typeof buildAsterisk>;

/** The connection to Asterisk, and what the service keeps there: trunks, and what the dial plan has to know. */
export function buildAsterisk(base: Foundation, { health }: InterlinkParts) {
  const { config, secrets, live, log, logOf, parts, registry, store } = base;
  const ari = new AriConnection({
    ...config.asterisk.ari,
    password: secrets.ariPassword.reveal(),
    application: stasisApplication,
    log: logOf('asterisk'),
  });
  const channels = new CallChannels(ari, stasisApplication);
  const trunks = new TrunkReconciler({
    registry,
    store: store.interlinks,
    provisioners: {
      pjsip: new PjsipTrunks(ari, {
        application: stasisApplication,
        codecs: () => live.current.trunk.pjsip.codecs,
        onState: (trunk, state) => {
          const interlink = registry.findByTrunk(trunk);
          if (interlink !== undefined) health.trunkStateChanged(interlink.id, state);
        },
      }),
    },
    calls: new AriTrunkCalls(ari, channels),
    logger: logOf('trunks'),
  });
  const globals = new DialplanGlobals(
    ari,
    {
      notFound: () => live.current.dialing.notFound,
      numbers: () => live.plan.numbers.map(({ number }) => number),
    },
    logOf('asterisk'),
  );

  /** At the next connect Asterisk gets all of it anyway. */
  async function refreshDialplan({ before, after }: ConfigChange): Promise<void> {
    if (!ari.connected || isDeepStrictEqual(inDialplan(before), inDialplan(after))) return;
    await globals.refresh().catch((error: unknown) => {
      log.warn({ err: error }, 'the dial plan does not know the changed numbers yet');
    });
  }
  parts.defer(live.subscribe((change) => refreshDialplan(change)));

  return { ari, channels, trunks, globals };
}
