import { request } from 'undici';
import { FailureError } from '../domain/failure.ts';

const probeTimeoutMs = 2000;

export interface AriAccess {
  /** Base URL of Asterisk's HTTP server, without `/ari`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Finds out whether ARI is there and takes the password, before ari-client is let at it: that one waits for ever for
 * an Asterisk that is down, and crashes the process on a wrong password or when ARI's description is not there.
 *
 * @throws FailureError `ari-unreachable`, `ari-unauthorized`, `asterisk-setup`; AriMissingError
 */
export async function probeAri(access: AriAccess, signal: AbortSignal): Promise<void> {
  const { url, username } = access;
  const status = await statusOf(access, 'asterisk/info?only=system', signal);
  if (status === 401 || status === 403) {
    throw new FailureError(
      'ari-unauthorized',
      `Asterisk at ${url} refuses the ARI user ${username}`,
      `Compare the password of [${username}] in ari.conf with the one in the file that asterisk.ari.passwordFile names; a change of ari.conf needs "asterisk -rx 'module reload res_ari.so'", one of that file a restart of the service.`,
    );
  }
  if (status !== 200) throw new AriMissingError(url, status);
  const description = await statusOf(access, 'api-docs/resources.json', signal);
  if (description !== 200) {
    throw new FailureError(
      'asterisk-setup',
      `Asterisk at ${url} answers with status ${description} when asked for the description of ARI`,
      'Check that astdatadir in asterisk.conf has the folder rest-api of the Asterisk installation.',
    );
  }
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

async function statusOf(
  { url, username, password }: AriAccess,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { statusCode, body } = await request(`${url}/ari/${path}`, {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]),
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
