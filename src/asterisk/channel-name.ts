/** `PJSIP/101-0000002a` → `PJSIP/101`, `IAX2/il-…-1234` → `IAX2/il-…`. */
export function endpointOf(channelName: string): string {
  const end = channelName.lastIndexOf('-');
  return end === -1 ? channelName : channelName.slice(0, end);
}

const trunkChannel = /^(?:PJSIP|IAX2)\/(il-[0-9a-z]{16})-/;

/**
 * The trunk that a channel belongs to, in either direction. By name, since nothing else of a channel is set in both
 * directions and on both kinds of trunk.
 */
export function trunkOf(channelName: string): string | undefined {
  return trunkChannel.exec(channelName)?.[1];
}

const machine = /^(?:CBAnn|CBRec|Announcer|Recorder)\//;

/**
 * Whether nobody is at the other end: channels that Asterisk puts into a bridge itself, to announce or record
 * (app_confbridge, chan_bridge_media).
 */
export function isMachine(channelName: string): boolean {
  return machine.test(channelName);
}

const localChannel = /^(Local\/.*;)([12])$/;

/** The other end of a Local channel, `Local/301@phones-0000002a;1` → `Local/301@phones-0000002a;2`. */
export function otherEndOf(channelName: string): string | undefined {
  const [, name, end] = localChannel.exec(channelName) ?? [];
  return name === undefined ? undefined : `${name}${end === '1' ? '2' : '1'}`;
}
