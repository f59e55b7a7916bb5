import { request } from 'undici';
import { FailureError } from '../domain/failure.ts';

const PROBE_TIMEOUT_MS = 2000;

export interface AriAccess {
  /** Base URL of Asterisk's HTTP server, without `/ari`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Finds out whether ARI is there and takes the password, before ari-client is let at it: that one waits for ever for
 * an Asterisk that is down, and crashes the process on a wrong password.
 *
 * @throws FailureError `ari-unreachable`, `ari-unauthorized`; AriMissingError
 */
export async function probeAri(access: AriAccess, signal: AbortSignal): Promise<void> {
  const { url, username } = access;
  const status = await infoStatus(access, signal);
  if (status === 200) return;
  if (status === 401 || status === 403) {
    throw new FailureError(
      'ari-unauthorized',
      `Asterisk at ${url} refuses the ARI user ${username}`,
      `Compare the password of [${username}] in ari.conf with the one in the file that asterisk.ari.passwordFile names; a change of ari.conf needs "asterisk -rx 'module reload res_ari.so'".`,
    );
  }
  throw new AriMissingError(url, status);
}

/** A web server answers, but without ARI: not Asterisk, not set up, or just booting. */
export class AriMissingError extends FailureError {
  constructor(url: string, status: number) {
    super(
      'asterisk-setup',
      `The web server at ${url} answers ARI with status ${status}`,
      'Check that asterisk.ari.url points at Asterisk, that http.conf and ari.conf say enabled=yes, and that res_ari.so is loaded.',
    );
  }
}

async function infoStatus({ url, username, password }: AriAccess, signal: AbortSignal): Promise<number> {
  try {
    const { statusCode, body } = await request(`${url}/ari/asterisk/info?only=system`, {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
    });
    await body.dump();
    return statusCode;
  } catch (error) {
    throw new FailureError(
      'ari-unreachable',
      `Asterisk does not answer at ${url}`,
      'Start Asterisk, or correct asterisk.ari.url; until then the service goes on trying.',
      error,
    );
  }
}
