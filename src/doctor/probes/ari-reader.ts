import { request } from 'undici';
import type { AriAccess } from '../../asterisk/ari-probe.ts';
import type { PjsipFields } from '../facts.ts';

const timeoutMs = 2000;

/** Reads from ARI over plain HTTP, so that doctor does not depend on the service's own connection. */
export class AriReader {
  readonly #access: AriAccess;

  constructor(access: AriAccess) {
    this.#access = access;
  }

  /**
   * @param path without `/ari/`
   * @returns the answer, undefined for any status but 2xx. Rejects when there is no answer within 2 s
   */
  async get<T>(path: string): Promise<T | undefined> {
    const { status, body } = await this.send('GET', path);
    return status >= 200 && status < 300 ? (JSON.parse(body) as T) : undefined;
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    content?: object,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const { url, username, password } = this.#access;
    const { statusCode, body } = await request(`${url}/ari/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ...(content && { 'content-type': 'application/json' }),
      },
      ...(content && { body: JSON.stringify(content) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: statusCode, body: await body.text() };
  }

  /** An object of PJSIP by its fields, from files or made at run time; undefined when there is none. */
  async pjsipObject(type: string, id: string): Promise<PjsipFields | undefined> {
    const fields = await this.get<readonly { attribute: string; value: string }[]>(
      `asterisk/config/dynamic/res_pjsip/${type}/${encodeURIComponent(id)}`,
    );
    return fields && new Map(fields.map(({ attribute, value }) => [attribute, value]));
  }
}
