import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { directoryOf, type Directory } from '../domain/directory.ts';
import { localNumber, numberPlan } from '../domain/testing/samples.ts';
import { encodeDirectory, maxDirectoryBytes, readDirectory } from './directory-wire.ts';
import { toJson } from './json.ts';
import { SystemPool } from './testing/system-pool.ts';
import { activeOn, link } from './testing/test-system.ts';

/** A directory of so many bytes. */
function sized(bytes: number): Directory {
  const number = { number: '101', name: '' };
  const empty = encodeDirectory({ revision: 'r', numbers: [number] }).length;
  return { revision: 'r', numbers: [{ ...number, name: 'x'.repeat(bytes - empty) }] };
}

describe('the wire', () => {
  test('gives back what was sent', async () => {
    const numbers = fc.uniqueArray(
      fc.record({
        number: fc.stringMatching(/^[0-9*#]{1,20}$/),
        name: fc.option(fc.stringMatching(/^[a-zà-ü日📞]{1,40}$/u), { nil: undefined }),
      }),
      { selector: ({ number }) => number },
    );
    await fc.assert(
      fc.asyncProperty(numbers, async (content) => {
        const directory = { revision: 'r', numbers: content };
        expect(await readDirectory(encodeDirectory(directory))).toEqual(directory);
      }),
    );
  });

  test('cleans names, and ignores what it does not know', async () => {
    const body = toJson({
      revision: 'r',
      numbers: [{ number: '101', name: `  Bo\u202Ess\n${'x'.repeat(60)}`, ring: 'PJSIP/1' }],
      more: 1,
    });
    expect(await readDirectory(body)).toStrictEqual({
      revision: 'r',
      numbers: [{ number: '101', name: `Boss${'x'.repeat(36)}` }],
    });
  });

  test.each([
    ['a number that cannot be dialed', { revision: 'r', numbers: [{ number: '101@il-x' }] }],
    ['a number with a line break', { revision: 'r', numbers: [{ number: '101\n' }] }],
    ['a number that is none', { revision: 'r', numbers: [{ number: 101 }] }],
    ['an empty number', { revision: 'r', numbers: [{ number: '' }] }],
    ['a number twice', { revision: 'r', numbers: [{ number: '101' }, { number: '101' }] }],
    ['no revision', { numbers: [] }],
    ['an odd revision', { revision: 'a b', numbers: [] }],
    ['no numbers', { revision: 'r' }],
    ['a list', []],
  ])('takes nothing of a directory with %s', async (_, content) => {
    expect(await readDirectory(toJson(content))).toBeUndefined();
  });

  test('10,000 numbers fit, and are read in more than one turn', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      localNumber(String(1_000_000 + index), { name: `Extension of the office ${index}` }),
    );
    const body = encodeDirectory(directoryOf(numberPlan(...many)));
    expect(body.length).toBeLessThan(maxDirectoryBytes);
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    expect((await readDirectory(body))?.numbers).toHaveLength(10_000);
    clearInterval(count);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('between two systems', () => {
  const pool = new SystemPool();
  afterEach(async () => await pool.stopAll());

  /** Berlin, whose numbers can be changed, and Lisbon, which has none; linked, with heartbeats. */
  async function office() {
    let plan = numberPlan(localNumber('101', { name: 'Reception' }), localNumber('190', { private: true }));
    const berlin = await pool.start({ name: 'Berlin', address: '127.0.0.2', plan: () => plan });
    const lisbon = await pool.start({ name: 'Lisbon', address: '127.0.0.3' });
    const id = await link(berlin, lisbon);
    const share = async (...numbers: Parameters<typeof numberPlan>): Promise<void> => {
      plan = numberPlan(...numbers);
      await berlin.publisher.numbersChanged();
    };
    const has = (number: string): boolean =>
      lisbon.directories.whoMayHave(number).some(({ listed }) => listed);
    const beat = (): void => {
      berlin.health.start();
      lisbon.health.start();
    };
    return { berlin, lisbon, id, share, has, beat };
  }

  test('what is shared arrives by itself, and what is private does not', async () => {
    const { lisbon, beat, has } = await office();
    beat();
    await expect.poll(() => has('101'), { timeout: 10_000 }).toBe(true);
    expect(lisbon.directories.list()[0]?.numbers).toEqual([{ number: '101', name: 'Reception' }]);
    await expect.poll(() => lisbon.directories.whoMayHave('190'), { timeout: 10_000 }).toEqual([]);
  });

  test('a change is there when it is answered', async () => {
    const { beat, has, share } = await office();
    beat();
    await expect.poll(() => has('101'), { timeout: 10_000 }).toBe(true);
    await share(localNumber('190'));
    expect([has('101'), has('190')]).toEqual([false, true]);
  });

  test('nobody is told what others told', async () => {
    const { berlin, lisbon, beat, has } = await office();
    const porto = await pool.start({ name: 'Porto', address: '127.0.0.4' });
    await link(lisbon, porto);
    porto.health.start();
    beat();
    await expect.poll(() => has('101'), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => porto.directories.list()[0]?.receivedAt, { timeout: 10_000 }).toBeDefined();
    expect(porto.directories.list()[0]?.numbers).toEqual([]);
    expect(berlin.directories.list().flatMap(({ numbers }) => numbers)).toEqual([]);
  });

  test('a directory beyond 4 MiB is refused, one just below is taken', async () => {
    const { berlin, lisbon, id } = await office();
    const interlink = activeOn(berlin, id);
    const signal = AbortSignal.timeout(20_000);
    const sent = async (bytes: number) =>
      (await berlin.client.sendDirectory(interlink, sized(bytes), signal)).kind;
    expect(await sent(4 * 1024 * 1024 + 1)).not.toBe('acknowledged');
    expect(lisbon.directories.revisionOf(id)).toBeUndefined();
    expect(await sent(4 * 1024 * 1024)).toBe('acknowledged');
    expect(lisbon.directories.revisionOf(id)).toBe('r');
  });

  test('nothing is taken over an interlink that has ended', async () => {
    const { berlin, lisbon, id } = await office();
    const interlink = activeOn(berlin, id);
    await lisbon.store.bury(id, 0, { tellPeer: true });
    await lisbon.registry.refresh(id);
    const directory = { revision: 'r', numbers: [{ number: '101', name: undefined }] };
    const outcome = await berlin.client.sendDirectory(interlink, directory, AbortSignal.timeout(5000));
    expect(outcome).toEqual({ kind: 'failed', reason: 'status 410' });
    expect(lisbon.directories.list()).toEqual([]);
  });
});
