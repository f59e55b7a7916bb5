import type { AsteriskFacts } from '../facts.ts';
import { orFine, warning, type Finding } from '../finding.ts';

/** Whether the endpoints that numbers ring exist, and redirect calls through the dial plan. */
export function checkPhones({ endpoints }: AsteriskFacts): readonly Finding[] {
  const found: Finding[] = [];
  for (const [name, fields] of endpoints) {
    const redirects = fields?.get('redirect_method');
    if (fields === undefined) {
      found.push(
        warning(
          'endpoint-missing',
          `PJSIP/${name}`,
          `A number rings PJSIP/${name}, which Asterisk does not have`,
          'Correct ring of that number in interlinks.yaml, or add the endpoint to pjsip.conf',
        ),
      );
    } else if (redirects === 'uri_pjsip' || redirects === 'uri_core') {
      found.push(
        warning(
          'redirect-uri',
          `PJSIP/${name}`,
          `PJSIP/${name} has redirect_method=${redirects}: a redirect by this phone goes past the dial plan, to any address`,
          `Set redirect_method=user for it in pjsip.conf, and run "asterisk -rx 'module reload res_pjsip.so'"`,
        ),
      );
    }
  }
  return orFine(
    found,
    'phones',
    'pjsip.conf',
    `${endpoints.size} phones exist and redirect through the dial plan`,
  );
}
