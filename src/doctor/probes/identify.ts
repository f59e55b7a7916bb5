import type { AmiClient, AmiMessage } from '../../asterisk/ami-client.ts';
import { AmiRefusal } from '../../asterisk/ami-errors.ts';
import { Limiter } from '../../domain/limiter.ts';
import type { IdentifyFacts, IdentifySection } from '../facts.ts';

const actionsAtOnce = 32;

/** What Asterisk does without a section of type `global`. Source: res_pjsip, config_global.c */
const usualOrder = 'ip,username,anonymous';

/**
 * The `identify` sections of all endpoints but those of trunks, whatever their names and wherever they were made, and
 * the order in which Asterisk tries its ways to recognize an endpoint. An endpoint takes about 1 ms.
 *
 * @throws as `AmiClient.list`
 */
export async function readIdentify(client: AmiClient): Promise<IdentifyFacts> {
  const endpoints = await unlessRefused(client.list('PJSIPShowEndpoints'));
  const limiter = new Limiter(actionsAtOnce);
  const details = await Promise.all(
    endpoints
      .map(({ objectname = '' }) => objectname)
      .filter((name) => !name.startsWith('il-'))
      .map((name) => limiter.run(() => unlessRefused(client.list('PJSIPShowEndpoint', { Endpoint: name })))),
  );
  return {
    order: await readOrder(client),
    sections: details
      .flat()
      .filter(({ event }) => event === 'IdentifyDetail')
      .map((event) => sectionOf(event)),
  };
}

function sectionOf(event: AmiMessage): IdentifySection {
  return {
    name: event['objectname'] ?? '',
    endpoint: event['endpoint'] ?? '',
    matches: event['match']?.split(',').filter((match) => match !== '') ?? [],
    header: event['matchheader'] ?? '',
    requestUri: event['matchrequesturi'] ?? '',
  };
}

/** The section may have any name, so it is looked for in the file; Asterisk reads this setting at its start only. */
async function readOrder(client: AmiClient): Promise<readonly string[]> {
  const file = client.action('GetConfig', { Filename: 'pjsip.conf', Filter: 'type=global' });
  const [lines = {}] = await unlessRefused(file.then((answer) => [answer]));
  const order = Object.values(lines)
    .map((line) => /^endpoint_identifier_order=(.+)$/.exec(line)?.[1])
    .findLast((value) => value !== undefined);
  return (order ?? usualOrder).split(',').map((name) => name.trim());
}

/** Asterisk refuses to list what it has none of: endpoints, one just removed, a file. */
async function unlessRefused(answer: Promise<readonly AmiMessage[]>): Promise<readonly AmiMessage[]> {
  return await answer.catch((error: unknown) => {
    if (error instanceof AmiRefusal) return [];
    throw error;
  });
}
