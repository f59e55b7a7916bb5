import type { ReadableStream } from 'node:stream/web';

/** One server-sent event. */
export interface SentEvent {
  readonly id: string;
  readonly data: string;
}

/**
 * Reads a stream of server-sent events (HTML standard, section 9.2.6) as far as the admin API uses them: every event
 * has an id, comments are left out.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/, 2) as [string, string]));
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id') ?? '', data };
    }
  }
}
