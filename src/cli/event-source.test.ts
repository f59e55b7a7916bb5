import { expect, test } from 'vitest';
import { readEvents, type SentEvent } from './event-source.ts';

async function read(...chunks: readonly string[]): Promise<readonly SentEvent[]> {
  const stream = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
  return await Array.fromAsync(readEvents(stream));
}

test('reads events wherever the network cuts them', async () => {
  const text = 'id: a-1\nevent: reset\ndata: {"x":": y"}\n\n:\n\nid: a-2\nevent: z\ndata: {}\n\n';
  const expected = [
    { id: 'a-1', data: '{"x":": y"}' },
    { id: 'a-2', data: '{}' },
  ];
  expect(await read(text)).toEqual(expected);
  expect(await read(...text.split(''))).toEqual(expected);
});

test('leaves out an event whose end never came', async () => {
  expect(await read('id: a-1\ndata: {}\n')).toEqual([]);
});
