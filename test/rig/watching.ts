import { expect, vi } from 'vitest';
import { event, type EventView, type InterlinkView } from '../../src/admin/schema.ts';
import type { Office } from './office.ts';

/** `interlinks status --watch --json` of an office. */
export interface Watching {
  /** What it has printed so far. */
  events(): readonly EventView[];
  /** How an interlink is, by the latest event; undefined when there is none of that name. */
  health(name: string): InterlinkView['health'] | undefined;
  stop(): Promise<void>;
}

const FIRST_MS = 20_000;
const HEALTH_MS = 40_000;

/** Follows an office's events; returns when the first has come. */
export async function watchOffice(office: Office): Promise<Watching> {
  const command = await office.startCommand('--json', 'status', '--watch');
  await command.waitForLine(/"type":"reset"/, FIRST_MS);
  const events = (): readonly EventView[] =>
    command
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => event.parse(JSON.parse(line)));
  return {
    events,
    health: (name) => {
      for (const one of events().toReversed()) {
        const found = interlinksOf(one).find((interlink) => interlink.name === name);
        if (found !== undefined) return one.type === 'interlink-removed' ? undefined : found.health;
        if (one.type === 'reset') return undefined;
      }
      return undefined;
    },
    stop: async () => void (await command.stop()),
  };
}

/** Waits until an interlink is as expected; several times what is promised, because the machine may be busy. */
export async function expectHealth(
  watching: Watching,
  name: string,
  colour: InterlinkView['health']['colour'],
  reason = /./,
): Promise<void> {
  await vi.waitFor(
    () => expect(watching.health(name)).toEqual({ colour, reason: expect.stringMatching(reason) }),
    { timeout: HEALTH_MS, interval: 50 },
  );
}

function interlinksOf(one: EventView): readonly InterlinkView[] {
  if (one.type === 'reset') return one.interlinks;
  return 'interlink' in one ? [one.interlink] : [];
}
