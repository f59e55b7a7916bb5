import { AmiClient, type AmiAccess, type AmiMessage } from '../../asterisk/ami-client.ts';
import { explainAmi } from '../../asterisk/ami-connection.ts';
import type { AmiFacts, Probed } from '../facts.ts';
import { readIdentify } from './identify.ts';

const timeoutMs = 30_000;

/** Logs in to AMI and asks what this account may do, and what ARI does not tell; nothing is changed. */
export async function probeAmi(access: AmiAccess): Promise<Probed<AmiFacts>> {
  try {
    const client = await AmiClient.connect(access, AbortSignal.timeout(timeoutMs));
    try {
      const actions = readActions(await client.action('ListCommands'));
      const mayAsk = actions.has('pjsipshowendpoint') && actions.has('getconfig');
      return { ok: true, value: { actions, identify: mayAsk ? await readIdentify(client) : undefined } };
    } finally {
      client.close();
    }
  } catch (error) {
    return { ok: false, failure: explainAmi(error, access) };
  }
}

/**
 * ListCommands gives the actions that the account may do, each with the classes of which it needs one:
 * `DBPut: Put DB entry.  (Priv: system,all)`.
 */
function readActions(answer: AmiMessage): AmiFacts['actions'] {
  const actions = new Map<string, readonly string[]>();
  for (const [action, text] of Object.entries(answer)) {
    const classes = /\(Priv: ([^)]*)\)$/.exec(text)?.[1];
    if (classes !== undefined) actions.set(action.toLowerCase(), classes.split(','));
  }
  return actions;
}
