import { AmiConnection } from '../asterisk/ami-connection.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { BridgeEvents } from '../asterisk/bridge-events.ts';
import { CallChannels } from '../asterisk/call-channels.ts';
import { astdbCopy, dialplanEntries } from '../asterisk/dialplan-entries.ts';
import { DialplanHeartbeat } from '../asterisk/dialplan-heartbeat.ts';
import { DialplanMirror } from '../asterisk/dialplan-mirror.ts';
import { MediaTestCalls } from '../asterisk/media-test-calls.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';
import { buildTrunks } from './trunks.ts';

/** Name of the Stasis application; dialplan/interlinks.conf says the same. */
const stasisApplication = 'interlinks';

export type AsteriskParts = ReturnType<typeof buildAsterisk>;

/** The connections to Asterisk, and what the service keeps there: trunks, and what the dial plan has to know. */
export function buildAsterisk(base: Foundation, links: InterlinkParts) {
  const { config, secrets, live, logOf, parts } = base;
  const ari = new AriConnection({
    ...config.asterisk.ari,
    password: secrets.ariPassword.reveal(),
    application: stasisApplication,
    log: logOf('asterisk'),
  });
  const ami = new AmiConnection({
    ...config.asterisk.ami,
    password: secrets.amiPassword.reveal(),
    log: logOf('asterisk'),
  });
  ari.on('down', () => ami.renew());
  const bridges = new BridgeEvents({ ari, application: stasisApplication });
  const mirror = new DialplanMirror(ami, () => dialplanEntries(live.current), logOf('asterisk'));
  const channels = new CallChannels(
    ari,
    astdbCopy((key, value) => mirror.has(key, value)),
  );
  const trunks = buildTrunks(base, links, { ari, ami, channels, application: stasisApplication });
  parts.defer(live.subscribe(() => mirror.refresh()));
  parts.defer(() => mirror.stop());

  return {
    ari,
    ami,
    bridges,
    channels,
    trunks,
    mirror,
    heartbeat: new DialplanHeartbeat(ari, logOf('asterisk')),
    testCalls: new MediaTestCalls(ari, bridges, stasisApplication),
  };
}
