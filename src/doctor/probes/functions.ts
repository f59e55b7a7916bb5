import type { Config } from '../../config/config.ts';
import { dialplanVersion } from '../../domain/version.ts';
import type { DialplanFacts, FunctionFacts, PhoneContext, PjsipFields } from '../facts.ts';
import type { FunctionReader } from './function-reader.ts';
import { readEarlier } from './earlier.ts';

const objectTypes = ['endpoint', 'aor', 'auth'] as const;

/** Reads what only dial plan functions tell: configuration files as Asterisk sees them, and the dial plan. */
export async function readFunctions(
  functions: FunctionReader,
  config: Config,
  endpoints: ReadonlyMap<string, PjsipFields | undefined>,
): Promise<FunctionFacts> {
  const setting = async (file: string, section: string, name: string): Promise<string> =>
    await functions.read(`AST_CONFIG(${file},${section},${name})`);
  const sorcery = new Map<string, string>();
  for (const type of objectTypes)
    sorcery.set(type, await setting('sorcery.conf', 'res_pjsip', `${type}/push`));
  return {
    sorcery,
    httpBind: await setting('http.conf', 'general', 'bindaddr'),
    managerBind: await setting('manager.conf', 'general', 'bindaddr'),
    liveDangerously: isYes(await setting('asterisk.conf', 'options', 'live_dangerously')),
    dialplan: await readDialplan(functions, config, endpoints),
  };
}

async function readDialplan(
  functions: FunctionReader,
  config: Config,
  endpoints: ReadonlyMap<string, PjsipFields | undefined>,
): Promise<DialplanFacts> {
  const exists = async (context: string, extension: string): Promise<boolean> =>
    (await functions.read(`DIALPLAN_EXISTS(${context},${extension},1)`)) === '1';
  const contexts: PhoneContext[] = [];
  for (const [name, members] of byContext(endpoints)) {
    const includesInterlinks = await exists(name, 'interlinks');
    contexts.push({
      name,
      endpoints: members,
      includesInterlinks,
      earlier: includesInterlinks ? await readEarlier(functions, exists, name, config.dialing) : [],
    });
  }
  return {
    version: (await exists('interlinks-version', dialplanVersion))
      ? 'current'
      : (await exists('interlinks-call', '1'))
        ? 'other'
        : 'missing',
    contexts,
  };
}

function byContext(
  endpoints: ReadonlyMap<string, PjsipFields | undefined>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, fields] of endpoints) {
    const context = fields?.get('context');
    if (context === undefined || !/^[\w.-]+$/.test(context)) continue;
    found.set(context, [...(found.get(context) ?? []), name]);
  }
  return found;
}

/** As Asterisk's `ast_true` reads it. */
function isYes(value: string): boolean {
  return /^(yes|true|y|t|1|on)$/i.test(value);
}
