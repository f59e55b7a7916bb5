import type { Config } from '../../config/config.ts';
import type { PjsipFields } from '../facts.ts';
import { orFine, problem, type Finding } from '../finding.ts';

/** The trunks' own transports in asterisk-config/pjsip-interlinks.conf. */
export type TransportName = 'interlinks-tls' | 'interlinks-udp';

/** What goes wrong without each, and what it takes. */
const missing: Readonly<Record<TransportName, { readonly harm: string; readonly remedy: string }>> = {
  'interlinks-tls': {
    harm: 'trunks cannot send or take calls',
    remedy:
      'Include asterisk-config/pjsip-interlinks.conf in pjsip.conf, start the service, which makes the certificate, and restart Asterisk, whose user has to be able to read it',
  },
  'interlinks-udp': {
    harm: 'interlinks without encryption cannot send or take calls',
    remedy:
      'Include asterisk-config/pjsip-interlinks.conf with its section [interlinks-udp] in pjsip.conf, and restart Asterisk',
  },
};

const anyAddress = new Set(['0.0.0.0', '::']);

/** Whether one of the trunks' own transports is there, where interlinks.yaml says it is. */
export function checkTransport(
  where: TransportName,
  transport: PjsipFields | undefined,
  { pjsip }: Config['trunk'],
): readonly Finding[] {
  if (transport === undefined) {
    return [
      problem(
        'transport-missing',
        where,
        `Asterisk has no transport ${where}: ${missing[where].harm}`,
        missing[where].remedy,
      ),
    ];
  }
  const { host, port } = splitBind(transport.get('bind') ?? '');
  const found: Finding[] = [];
  if (port !== pjsip.port) {
    found.push(
      problem(
        'transport-differs',
        where,
        `Linked systems are told to send calls to port ${pjsip.port}, but Asterisk takes them at port ${port}`,
        `Set bind of [${where}] to port ${pjsip.port}, in a copy of your own of pjsip-interlinks.conf that pjsip.conf includes in its place, and restart Asterisk; or set trunk.pjsip.port: ${port} and restart the service`,
      ),
    );
  }
  if (!anyAddress.has(pjsip.bind) && host !== pjsip.bind) {
    found.push(
      problem(
        'transport-differs',
        where,
        `interlinks.yaml has trunks at ${pjsip.bind}, but Asterisk takes them at ${host}`,
        `Make trunk.pjsip.bind and bind of [${where}] the same, the latter in a copy of your own of pjsip-interlinks.conf that pjsip.conf includes in its place, and restart Asterisk`,
      ),
    );
  }
  return orFine(
    found,
    'transport',
    where,
    `Trunks have a transport of their own at ${transport.get('bind')}`,
  );
}

/** `0.0.0.0:5071`, `[::]:5071` */
function splitBind(bind: string): { host: string; port: number } {
  const [, host = '', port = '5060'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(bind) ?? [];
  return { host, port: Number(port) };
}
