import { expect, test } from 'vitest';
import { listenFailure } from './listen-failure.ts';

const refused = (code: string): Error => Object.assign(new Error(code), { code });

test('names the address, the reason and the setting to change', () => {
  const error = refused('EADDRINUSE');
  const failure = listenFailure({ host: '0.0.0.0', port: 8443 }, 'peer.listen', error);
  expect(failure).toMatchObject({
    cause: error,
    failure: {
      code: 'port-taken',
      message: '0.0.0.0:8443 is taken by another program',
      remedy: expect.stringContaining('peer.listen'),
    },
  });
  expect(listenFailure({ host: '::1', port: 1 }, 'admin.listen', refused('EADDRNOTAVAIL'))?.message).toBe(
    '[::1]:1 is not an address of this machine',
  );
});

test('leaves other errors alone', () => {
  expect(listenFailure({ host: '::1', port: 1 }, 'admin.listen', refused('EIO'))).toBeUndefined();
});
