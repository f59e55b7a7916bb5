import type { Config } from '../../config/config.ts';
import type { PjsipFields } from '../facts.ts';
import { orFine, problem, type Finding } from '../finding.ts';

const where = 'interlinks-tls';
const anyAddress = new Set(['0.0.0.0', '::']);

/** Whether the trunks' own transport is there, where interlinks.yaml says it is. */
export function checkTransport(
  transport: PjsipFields | undefined,
  { pjsip }: Config['trunk'],
): readonly Finding[] {
  if (transport === undefined) {
    return [
      problem(
        'transport-missing',
        where,
        'Asterisk has no transport interlinks-tls: trunks cannot send or take calls',
        'Include asterisk-config/pjsip-interlinks.conf in pjsip.conf, start the service, which makes the certificate, and restart Asterisk, whose user has to be able to read it',
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
        `Set bind of [interlinks-tls] in pjsip.conf to port ${pjsip.port} and restart Asterisk, or set trunk.pjsip.port: ${port} and restart the service`,
      ),
    );
  }
  if (!anyAddress.has(pjsip.bind) && host !== pjsip.bind) {
    found.push(
      problem(
        'transport-differs',
        where,
        `interlinks.yaml has trunks at ${pjsip.bind}, but Asterisk takes them at ${host}`,
        'Make trunk.pjsip.bind and bind of [interlinks-tls] in pjsip.conf the same, and restart Asterisk',
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
