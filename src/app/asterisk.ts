import { AmiConnection } from '../asterisk/ami-connection.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { CallChannels } from '../asterisk/call-channels.ts';
import { dialplanEntries } from '../asterisk/dialplan-entries.ts';
import { DialplanHeartbeat } from '../asterisk/dialplan-heartbeat.ts';
import { DialplanMirror } from '../asterisk/dialplan-mirror.ts';
import { MediaTestCalls } from '../asterisk/media-test-calls.ts';
import { PjsipTrunks } from '../asterisk/pjsip-trunks.ts';
import { AriTrunkCalls } from '../asterisk/trunk-calls.ts';
import { GuardedTrunks } from '../interlinks/guarded-trunks.ts';
import type { TrunkState } from '../interlinks/trunk-provisioner.ts';
import { TrunkReconciler } from '../interlinks/trunk-reconciler.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';

/** Name of the Stasis application; dialplan/interlinks.conf says the same. */
const stasisApplication = 'interlinks';

export type AsteriskParts = ReturnType<typeof buildAsterisk>;

/** The connections to Asterisk, and what the service keeps there: trunks, and what the dial plan has to know. */
export function buildAsterisk(base: Foundation, { health, checkHost }: InterlinkParts) {
  const { config, secrets, live, logOf, parts, registry, store } = base;
  const ari = new AriConnection({
    ...config.asterisk.ari,
    password: secrets.ariPassword.reveal(),
    application: stasisApplication,
    log: logOf('asterisk'),
  });
  const channels = new CallChannels(ari, stasisApplication);
  const onState = (trunk: string, state: TrunkState): void => {
    const interlink = registry.findByTrunk(trunk);
    if (interlink !== undefined) health.trunkStateChanged(interlink.id, state);
  };
  const pjsip = new GuardedTrunks(
    new PjsipTrunks(ari, {
      application: stasisApplication,
      codecs: () => live.current.trunk.pjsip.codecs,
      onState,
    }),
    {
      checkHost,
      onHeldBack: (trunk) => onState(trunk, 'down'),
      onChanged: (trunk) => {
        const interlink = registry.findByTrunk(trunk);
        if (interlink !== undefined) void trunks.putAgain(interlink.id);
      },
      logger: logOf('trunks'),
    },
  );
  parts.defer(() => pjsip.stop());
  const trunks: TrunkReconciler = new TrunkReconciler({
    registry,
    store: store.interlinks,
    provisioners: { pjsip },
    calls: new AriTrunkCalls(ari, channels),
    logger: logOf('trunks'),
  });
  const ami = new AmiConnection({
    ...config.asterisk.ami,
    password: secrets.amiPassword.reveal(),
    log: logOf('asterisk'),
  });
  const mirror = new DialplanMirror(ami, () => dialplanEntries(live.current), logOf('asterisk'));
  parts.defer(live.subscribe(() => mirror.refresh()));
  parts.defer(() => mirror.stop());

  return {
    ari,
    ami,
    channels,
    trunks,
    mirror,
    heartbeat: new DialplanHeartbeat(ari, logOf('asterisk')),
    testCalls: new MediaTestCalls(ari, stasisApplication),
  };
}
