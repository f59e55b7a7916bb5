import { Client } from 'undici';
import type { Dispatcher } from 'undici';

export interface RawReply {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

/** Sends anything to an HTTPS server, whatever its certificate. */
export async function rawRequest(
  url: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array,
  method: Dispatcher.HttpMethod = 'POST',
): Promise<RawReply> {
  const client = new Client(url, { connect: { rejectUnauthorized: false } });
  try {
    const response = await client.request({ method, path, headers, body: method === 'GET' ? null : body });
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
  } finally {
    await client.destroy();
  }
}
