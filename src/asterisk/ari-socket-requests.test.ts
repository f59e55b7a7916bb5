import { beforeEach, describe, expect, test } from 'vitest';
import { AriSocketRequests, type DescribedOperation } from './ari-socket-requests.ts';

const channelId = { name: 'channelId', paramType: 'path' };
const operation = (method: string, path: string, ...rest: [name: string, paramType: string][]) =>
  ({
    method,
    path,
    parameters: [channelId, ...rest.map(([name, paramType]) => ({ name, paramType }))],
  }) satisfies DescribedOperation;
const hangUp = operation('delete', '/channels/{channelId}', ['reason_code', 'query'], ['reason', 'query']);
const getVariable = operation('get', '/channels/{channelId}/variable', ['variable', 'query']);
const setVariables = operation('post', '/channels/{channelId}/variables', ['variables', 'body']);

let frames: { request_id: string; method: string; uri: string }[];
let open: boolean;
let requests: AriSocketRequests;

beforeEach(() => {
  frames = [];
  open = true;
  requests = new AriSocketRequests((frame) => {
    if (!open) throw new Error('WebSocket is not open');
    frames.push(JSON.parse(frame) as (typeof frames)[number]);
  });
});

function answer(index: number, status: number, body?: string): void {
  requests.receive({
    type: 'RESTResponse',
    request_id: frames[index]?.request_id ?? '',
    status_code: status,
    ...(body !== undefined && { message_body: body }),
  });
}

test('an Asterisk that says nothing to requests there counts as one that takes none', () => {
  requests.probe();
  expect(requests.taken).toBe(false);
  expect(frames).toMatchObject([{ method: 'GET', uri: 'asterisk/ping' }]);
});

describe('to one that answers', () => {
  beforeEach(() => {
    requests.probe();
    answer(0, 200, '{"ping":"pong"}');
    frames = [];
  });

  test('requests go at once, in order, and each gets its own answer', async () => {
    expect(requests.taken).toBe(true);
    const asked = [
      requests.ask(getVariable, { channelId: '1795.3', variable: 'EVAL(${A}|${B})' }),
      requests.ask(hangUp, { channelId: 'PJSIP/101-1', reason_code: '16' }),
      requests.ask(setVariables, { channelId: '1795.3', variables: { A: 'x & y' } }),
    ];
    expect(frames).toMatchObject([
      { method: 'GET', uri: 'channels/1795.3/variable?variable=EVAL(%24%7BA%7D%7C%24%7BB%7D)' },
      { method: 'DELETE', uri: 'channels/PJSIP%2F101-1?reason_code=16' },
      {
        method: 'POST',
        uri: 'channels/1795.3/variables',
        content_type: 'application/json',
        message_body: '{"variables":{"A":"x & y"}}',
      },
    ]);
    answer(2, 204);
    answer(1, 404, '{"message":"Channel not found"}');
    answer(0, 200, '{"value":"1|2"}');
    expect(await Promise.allSettled(asked)).toMatchObject([
      { value: { value: '1|2' } },
      { reason: { message: '{"message":"Channel not found"}' } },
      { value: undefined },
    ]);
  });

  test('what was not answered fails when the connection ends, and no more is taken', async () => {
    const asked = requests.ask(hangUp, { channelId: '1795.3' });
    requests.end();
    await expect(asked).rejects.toThrow('the connection to Asterisk has ended');
    expect(requests.taken).toBe(false);
  });

  test('what can no longer be sent fails', async () => {
    open = false;
    await expect(requests.ask(hangUp, { channelId: '1795.3' })).rejects.toThrow(
      'the connection to Asterisk has ended',
    );
  });
});
