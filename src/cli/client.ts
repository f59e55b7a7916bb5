import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { problem } from '../admin/schema.ts';
import { tokenFile } from '../admin/token.ts';
import { FailureError, type FailureCode } from '../domain/failure.ts';

/** How the command reaches the service that runs here. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
}

/** A client of the admin API of the service on this machine. */
export class AdminClient {
  readonly #address: ServiceAddress;

  constructor(address: ServiceAddress) {
    this.#address = address;
  }

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#request('GET', path, undefined, schema);
  }

  async post<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    return this.#request('POST', path, body, schema);
  }

  async #request<T>(
    method: string,
    path: string,
    body: object | undefined,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const response = await this.#send(method, path, body);
    const text = await response.text();
    if (response.ok) return schema.parse(JSON.parse(text));
    const told = problem.safeParse(parseJson(text));
    if (told.success) {
      throw new FailureError(told.data.code as FailureCode, told.data.detail, told.data.remedy);
    }
    throw new FailureError(
      'daemon-unreachable',
      `Something other than Interlinks answers at ${this.#url()}`,
      'Check admin.listen in interlinks.yaml.',
    );
  }

  async #send(method: string, path: string, body: object | undefined): Promise<Response> {
    const token = await this.#token();
    try {
      return await fetch(`${this.#url()}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
      });
    } catch (error) {
      throw new FailureError(
        'daemon-unreachable',
        `The service does not answer at ${this.#url()}`,
        'Start it with "interlinks serve", or see its log.',
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
    const { host, port } = this.#address;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
