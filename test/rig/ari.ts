import type { Pbx } from './pbx.ts';

/** One request to a PBX's ARI, as its admin could make it. @returns the parsed answer, undefined when it is empty */
export async function ari<T = unknown>(
  pbx: Pbx,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  query: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<T> {
  const authorization = `Basic ${btoa(`${pbx.ariUsername}:${pbx.ariPassword}`)}`;
  const url = `${pbx.ariUrl}/ari/${path}?${new URLSearchParams(query).toString()}`;
  const response = await fetch(url, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Names of the channels that a PBX has, and their ids. */
export async function channelsOf(pbx: Pbx): Promise<readonly { id: string; name: string }[]> {
  return ari(pbx, 'GET', 'channels');
}

/** Who has forwarded the call of each channel, as the PBX would show it; empty: nobody. */
export async function redirectingOf(pbx: Pbx): Promise<readonly string[]> {
  const channels = await channelsOf(pbx);
  return Promise.all(channels.map(({ id }) => evaluate(pbx, id, redirecting)));
}

/** What chan_iax2 has sent of who calls, and of who has forwarded the call, over each of its channels. */
export async function sentOverIax2(pbx: Pbx): Promise<readonly string[]> {
  const channels = (await channelsOf(pbx)).filter(({ name }) => name.startsWith('IAX2/'));
  return Promise.all(
    channels.map(({ id }) =>
      evaluate(pbx, id, `\${CONNECTEDLINE(name)}\${CONNECTEDLINE(num)}${redirecting}`),
    ),
  );
}

const redirecting = ['orig', 'from', 'to']
  .flatMap((who) => [`${who}-name`, `${who}-num`])
  .map((field) => `\${REDIRECTING(${field})}`)
  .join('');

/** @param text as in the dial plan */
async function evaluate(pbx: Pbx, channel: string, text: string): Promise<string> {
  const query = { variable: `EVAL(${text})` };
  return (await ari<{ value: string }>(pbx, 'GET', `channels/${channel}/variable`, query)).value;
}
