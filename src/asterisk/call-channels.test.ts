import { expect, test } from 'vitest';
import { localNumber, ringing } from '../domain/testing.ts';
import type { AriConnection } from './ari-connection.ts';
import { CallChannels } from './call-channels.ts';

/** Rings a number and gives the variables that the channel got. */
async function variablesOf(number: Parameters<CallChannels['ring']>[1]): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  const ari = {
    call: async (_resource: string, _operation: string, params: { variable?: string; value?: string }) => {
      if (params.variable !== undefined) variables.set(params.variable, params.value ?? '');
    },
  };
  await new CallChannels(ari as unknown as AriConnection, 'interlinks').ring('ch1', number);
  return variables;
}

test('a number without a place for unanswered calls does not take over that of an earlier one', async () => {
  const noAnswer = { context: 'voicemail', extension: '${EXTEN}', priority: '1' };
  const target = { kind: 'ring', endpoints: ['PJSIP/101'], timeoutSeconds: 30, noAnswer } as const;
  expect((await variablesOf(localNumber('101', { target }))).get('IL_NO_ANSWER')).toBe('voicemail,101,1');
  const without = localNumber('102', { target: ringing('PJSIP/102') });
  expect((await variablesOf(without)).get('IL_NO_ANSWER')).toBe('');
});
