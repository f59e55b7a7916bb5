import type { Config } from '../../config/config.ts';
import { isLoopback } from '../../domain/host.ts';
import type { AsteriskFacts } from '../facts.ts';
import { orFine, problem, warning, type Finding } from '../finding.ts';

/** Whether the ARI account can do what the service needs, and whether others could try theirs. */
export function checkAri({ functions }: AsteriskFacts, { ari }: Config['asterisk']): readonly Finding[] {
  const found: Finding[] = [];
  if (functions === undefined) {
    found.push(
      problem(
        'ari-read-only',
        ari.username,
        `The ARI user ${ari.username} may only read: no trunk can be made and no call taken`,
        `Set read_only=no in section [${ari.username}] of ari.conf, then run "asterisk -rx 'module reload res_ari.so'"`,
      ),
    );
  } else if (!isLoopback(functions.httpBind)) {
    const bind = functions.httpBind === '' ? 'any address' : functions.httpBind;
    found.push(
      warning(
        'ari-exposed',
        'http.conf',
        `Asterisk's HTTP server listens on ${bind}: whoever reaches it can try ARI passwords, and ARI reads the phones' passwords`,
        'Set bindaddr=127.0.0.1 in section [general] of http.conf, or keep others from that port by the firewall',
      ),
    );
  }
  return orFine(found, 'ari', ari.url, `ARI takes the user ${ari.username}, who may read and write`);
}
