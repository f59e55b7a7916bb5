import type { SwaggerExchange } from 'swagger-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { AriSocketRequests } from './ari-socket-requests.ts';

const hangUp = 'channels/1795.3?reason_code=16';
let frames: { request_id: string; method: string; uri: string }[];
let open: boolean;
let requests: AriSocketRequests;
/** How each request ended, by its URI. */
let ends: [uri: string, status: number, text: string][];

beforeEach(() => {
  frames = [];
  ends = [];
  open = true;
  requests = new AriSocketRequests((frame) => {
    if (!open) throw new Error('WebSocket is not open');
    frames.push(JSON.parse(frame) as (typeof frames)[number]);
  });
});

function send(uri: string): boolean {
  const end: SwaggerExchange['on']['response'] = ({ status, data }) =>
    void ends.push([uri, status, data.toString()]);
  const on = { response: end, error: end };
  return requests.send({ url: `http://127.0.0.1:8088/ari/${uri}`, method: 'delete', headers: {}, on });
}

function answer(index: number, status: number, body?: string): void {
  requests.receive({
    type: 'RESTResponse',
    request_id: frames[index]?.request_id ?? '',
    status_code: status,
    ...(body !== undefined && { message_body: body }),
  });
}

test('nothing goes over the event connection to an Asterisk that says nothing to requests there', () => {
  requests.probe();
  expect(send(hangUp)).toBe(false);
  expect(requests.taken).toBe(false);
  expect(frames).toMatchObject([{ method: 'GET', uri: 'asterisk/ping' }]);
});

describe('to one that answers', () => {
  beforeEach(() => {
    requests.probe();
    answer(0, 200, '{"ping":"pong"}');
    frames = [];
  });

  test('requests about a channel go at once, in order, and each gets its own answer', () => {
    const variable = 'channels/1795.3/variable?variable=IL_TICKET';
    expect([send(variable), send('channels/PJSIP%2F101-1'), send(hangUp)]).toEqual([true, true, true]);
    expect(frames.map(({ method, uri }) => [method, uri])).toEqual([
      ['DELETE', variable],
      ['DELETE', 'channels/PJSIP%2F101-1'],
      ['DELETE', hangUp],
    ]);
    answer(2, 204);
    answer(1, 404, '{"message":"Channel not found"}');
    answer(0, 200, '{}');
    expect(ends).toEqual([
      [hangUp, 204, ''],
      ['channels/PJSIP%2F101-1', 404, '{"message":"Channel not found"}'],
      [variable, 200, '{}'],
    ]);
  });

  test('what may take long goes over HTTP', () => {
    const others = [
      'channels',
      'channels?x=1',
      'asterisk/modules/res_pjsip.so',
      'applications/interlinks/eventFilter',
      'applications/interlinks/subscription?eventSource=endpoint%3APJSIP%2Fil-1',
    ];
    for (const uri of others) expect([uri, send(uri)]).toEqual([uri, false]);
    expect(frames).toEqual([]);
  });

  test('what was not answered fails when the connection ends, and what comes after it goes over HTTP', () => {
    send(hangUp);
    requests.end();
    expect(ends).toEqual([[hangUp, 0, 'the connection to Asterisk has ended']]);
    expect(send(hangUp)).toBe(false);
  });

  test('what can no longer be sent fails', () => {
    open = false;
    expect(send(hangUp)).toBe(true);
    expect(ends).toEqual([[hangUp, 0, 'the connection to Asterisk has ended']]);
  });
});
