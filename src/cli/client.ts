import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { problem } from '../admin/schema.ts';
import { tokenFile } from '../admin/token.ts';
import type { ServiceAddress } from '../config/service-address.ts';
import { FailureError, type FailureCode } from '../domain/failure.ts';
import { hostAndPort } from '../domain/host.ts';
import { readEvents, type SentEvent } from './event-source.ts';

const defaultTimeoutMs = 60_000;

/** A client of the admin API of the service on this machine. */
export class AdminClient {
  readonly #address: ServiceAddress;
  readonly #timeoutMs: number;

  constructor(address: ServiceAddress, timeoutMs = defaultTimeoutMs) {
    this.#address = address;
    this.#timeoutMs = timeoutMs;
  }

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#request('GET', path, undefined, schema);
  }

  async post<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    return this.#request('POST', path, body, schema);
  }

  async patch<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    return this.#request('PATCH', path, body, schema);
  }

  /**
   * Opens a stream of events and reads it to its end.
   *
   * @param lastId id of the last event read; left out: from now on
   */
  async *events(path: string, lastId: string | undefined, signal: AbortSignal): AsyncGenerator<SentEvent> {
    const headers = {
      accept: 'text/event-stream',
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    };
    const response = await this.#send('GET', path, { headers, signal });
    if (!response.ok || response.body === null) throw this.#refusal(await response.text());
    yield* readEvents(response.body);
  }

  async delete<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#request('DELETE', path, undefined, schema);
  }

  async #request<T>(
    method: string,
    path: string,
    body: object | undefined,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const response = await this.#send(method, path, {
      signal: AbortSignal.timeout(this.#timeoutMs),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return schema.parse(JSON.parse(text));
    throw this.#refusal(text);
  }

  #refusal(text: string): FailureError {
    const told = problem.safeParse(parseJson(text));
    if (told.success) {
      return new FailureError(told.data.code as FailureCode, told.data.detail, told.data.remedy);
    }
    return new FailureError(
      'daemon-unreachable',
      `Something other than Interlinks answers at ${this.#url()}`,
      'Check admin.listen in interlinks.yaml.',
    );
  }

  async #send(
    method: string,
    path: string,
    init: { headers?: Readonly<Record<string, string>>; body?: string; signal?: AbortSignal },
  ): Promise<Response> {
    const token = await this.#token();
    try {
      return await fetch(`${this.#url()}/api/v1${path}`, {
        ...init,
        method,
        headers: { ...init.headers, authorization: `Bearer ${token}`, 'interlinks-user': userName() },
        redirect: 'error',
      });
    } catch (error) {
      throw new FailureError(
        'daemon-unreachable',
        `The service does not answer at ${this.#url()}`,
        'Start it, or see its log; after a change of admin.listen, restart it.',
        error,
      );
    }
  }

  async #token(): Promise<string> {
    const file = tokenFile(this.#address.dataDir);
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new FailureError(
        missing ? 'daemon-unreachable' : 'unauthorized',
        missing ? `The service has never run here: there is no ${file}` : `You may not read ${file}`,
        missing
          ? 'Start it with "interlinks serve".'
          : 'Run the command as root or as the user of the service.',
        error,
      );
    }
  }

  #url(): string {
    return `http://${hostAndPort(this.#address)}`;
  }
}

/** Who runs the command, for the audit log. A header holds ASCII only. */
function userName(): string {
  const name = process.env['SUDO_USER'] ?? process.env['USER'] ?? '';
  return name.replaceAll(/[^\x21-\x7e]/g, '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
