import { describe, expect, test } from 'vitest';
import type { LocalNumber } from '../domain/local-number.ts';
import { activeInterlink, localNumber, ringing } from '../domain/testing/samples.ts';
import type { AriConnection } from './ari-connection.ts';
import { CallChannels } from './call-channels.ts';

const inAstdb = (known: boolean) => ({ hasNumber: () => known, hasNotFound: () => known });

type Variables = Readonly<Record<string, string>>;

describe.each([
  ['22.10', true],
  ['16.28', false],
])('with Asterisk %s', (_version, allAtOnce) => {
  /** Rings a number and gives the variables that the channel got before it was let go. */
  async function variablesOf(number: Parameters<CallChannels['ring']>[1]): Promise<Variables> {
    const set: Record<string, string> = {};
    let left: Variables = {};
    const operations: Readonly<Record<string, (params: never) => void>> = {
      setChannelVar: ({ variable, value }: { variable: string; value: string }) => (set[variable] = value),
      ...(allAtOnce && {
        setChannelVars: ({ variables }: { variables: Variables }) => Object.assign(set, variables),
      }),
      continueInDialplan: () => (left = { ...set }),
    };
    const ari = {
      offers: (_resource: string, operation: string) => operation in operations,
      call: async (_resource: string, operation: string, params: object) =>
        operations[operation]?.(params as never),
    };
    await new CallChannels(ari as unknown as AriConnection, inAstdb(false)).ring('ch1', number);
    return left;
  }

  test('a number without a place for unanswered calls does not take over that of an earlier one', async () => {
    const noAnswer = { context: 'voicemail', extension: '${EXTEN}', priority: '1' };
    const target = { kind: 'ring', endpoints: ['PJSIP/101'], timeoutSeconds: 30, noAnswer } as const;
    expect((await variablesOf(localNumber('101', { target })))['IL_NO_ANSWER']).toBe('voicemail,101,1');
    const without = localNumber('102', { target: ringing('PJSIP/102') });
    expect(await variablesOf(without)).toMatchObject({ IL_RING: 'PJSIP/102', IL_NO_ANSWER: '' });
  });
});

test.each([
  ['in the extension', 22, ['interlinks-dial 20112*#/pjsip/il-0123456789abcdef/tttttttttttttttttttttt']],
  ['in variables where it is too long', 64, ['setChannelVars', 'interlinks-dial-pjsip 20112*#']],
])('what a call to a linked system needs goes %s', async (_where, length, expected) => {
  const done: string[] = [];
  const ari = {
    keepsOrder: true,
    offers: () => true,
    call: async (_resource: string, operation: string, params: { context?: string; extension?: string }) =>
      void done.push(params.context === undefined ? operation : `${params.context} ${params.extension}`),
  } as unknown as AriConnection;
  const interlink = activeInterlink('lisbon', { id: '0123456789abcdef0123' });
  const candidate = { interlink, number: '20112*#', ticket: 't'.repeat(length) };
  await new CallChannels(ari, inAstdb(false)).dial('ch1', candidate);
  expect(done).toEqual(expected);
});

test.each([
  ['waits for what a channel needs before it lets it go', false],
  ['does not wait where Asterisk keeps the order', true],
])('%s', async (_what, keepsOrder) => {
  const begun: string[] = [];
  const prepared = Promise.withResolvers<void>();
  const ari = {
    keepsOrder,
    offers: () => true,
    call: async (_resource: string, operation: string) => {
      begun.push(operation);
      if (operation !== 'continueInDialplan') await prepared.promise;
    },
  };
  const channels = new CallChannels(ari as unknown as AriConnection, inAstdb(false));
  let done = false;
  const ringing = channels.ring('ch1', localNumber('101')).then(() => (done = true));
  await new Promise(setImmediate);
  expect(begun).toEqual(['setChannelVars', ...(keepsOrder ? ['continueInDialplan'] : [])]);
  expect(done).toBe(false);
  prepared.resolve();
  await ringing;
  expect(begun.at(-1)).toBe('continueInDialplan');
});

describe('what AstDB has', () => {
  let done: unknown[];
  const ari = {
    keepsOrder: true,
    offers: () => true,
    call: async (_resource: string, operation: string, params: { context?: string; extension?: string }) =>
      void done.push(params.context === undefined ? operation : `${params.context} ${params.extension}`),
  } as unknown as AriConnection;
  const outside = { context: 'outside', extension: '${EXTEN}', priority: '1' };

  test.each([
    [true, ['interlinks-alone 101']],
    [false, ['setChannelVars', 'interlinks-ring 101']],
  ])('is not told to the channel of a number of this system: %s', async (known, expected) => {
    done = [];
    await new CallChannels(ari, inAstdb(known)).ring('ch1', localNumber('101'));
    expect(done).toEqual(expected);
  });

  test.each([
    [true, ['interlinks-alone 299']],
    [false, ['setChannelVars', 'interlinks-leave 299']],
  ])('nor to that of a number which nobody has: %s', async (known, expected) => {
    done = [];
    await new CallChannels(ari, inAstdb(known)).handBack('ch1', '299', outside);
    expect(done).toEqual(expected);
  });

  const caller = { number: '201', name: 'Amália' };

  test('and who calls is in the extension', async () => {
    done = [];
    await new CallChannels(ari, inAstdb(true)).ring('ch1', localNumber('101'), caller);
    expect(done).toEqual(['interlinks-arrived 101/201/Amália']);
  });

  const long = { number: '201', name: 'á'.repeat(40) };

  test('or in variables, where the name is too long for that', async () => {
    done = [];
    await new CallChannels(ari, inAstdb(true)).ring('ch1', localNumber('101'), long);
    expect(done).toEqual(['setChannelVars', 'interlinks-ring 101']);
  });

  test.each<[string, LocalNumber['target']]>([
    [
      'where nobody answers',
      { kind: 'ring', endpoints: ['PJSIP/101'], timeoutSeconds: 30, noAnswer: outside },
    ],
    ['with the number', { kind: 'dialplan', location: outside }],
  ])(
    'a channel that may go on elsewhere gets no variables, and of a name what fits: %s',
    async (_what, target) => {
      done = [];
      await new CallChannels(ari, inAstdb(true)).ring('ch1', localNumber('101', { target }), long);
      expect(done).toEqual([`interlinks-arrived 101/201/${'á'.repeat(35)}`]);
    },
  );
});
