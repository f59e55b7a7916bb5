import { expect, test } from 'vitest';
import { minimal } from '../../config/testing/fixture.ts';
import { parseConfig } from '../../config/parse.ts';
import { checkTransport } from './transport.ts';

const trunk = parseConfig(minimal, 'interlinks.yaml').config?.trunk;
const at = (bind: string) => new Map([['bind', bind]]);

test.each([
  [
    undefined,
    'transport-missing',
    /^Asterisk has no transport interlinks-udp: interlinks without encryption/,
  ],
  [at('0.0.0.0:5060'), 'transport-differs', /to port 5071, but Asterisk takes them at port 5060$/],
  [at('0.0.0.0:5071'), 'transport', /at 0\.0\.0\.0:5071$/],
])('the transport without encryption %s: %s', (transport, id, what) => {
  if (trunk === undefined) throw new Error('the shortest file is not valid');
  expect(checkTransport('interlinks-udp', transport, trunk)).toEqual([
    expect.objectContaining({ id, where: 'interlinks-udp', what: expect.stringMatching(what) }),
  ]);
});
