import { probeAri, type AriAccess } from '../../asterisk/ari-probe.ts';
import type { Config } from '../../config/config.ts';
import { FailureError, type Failure } from '../../domain/failure.ts';
import { ringTargets } from '../ring-targets.ts';
import type { AsteriskFacts, Probed } from '../facts.ts';
import { AriReader } from './ari-reader.ts';
import { openFunctionReader } from './function-reader.ts';
import { readFunctions } from './functions.ts';
import { pushable } from './sorcery.ts';

/** More than so many endpoints are not looked at one by one. */
const maxEndpoints = 500;

/** Finds out about Asterisk over ARI. What it makes there (a channel, two objects) is gone when it returns. */
export async function probeAsterisk(config: Config, access: AriAccess): Promise<Probed<AsteriskFacts>> {
  try {
    await probeAri(access, new AbortController().signal);
    return { ok: true, value: await read(config, access) };
  } catch (error) {
    return { ok: false, failure: error instanceof FailureError ? error.failure : lost(access.url, error) };
  }
}

async function read(config: Config, access: AriAccess): Promise<AsteriskFacts> {
  const ari = new AriReader(access);
  const names = ringTargets(config.numbers).slice(0, maxEndpoints);
  const endpoints = new Map(
    await Promise.all(names.map(async (name) => [name, await ari.pjsipObject('endpoint', name)] as const)),
  );
  const info = await ari.get<{ system: { version: string } }>('asterisk/info?only=system');
  const modules = await ari.get<readonly { name: string; status: string }[]>('asterisk/modules');
  await using functions = await openFunctionReader(ari, access);
  return {
    version: info?.system.version ?? '',
    modules: new Set(modules?.filter(({ status }) => status === 'Running').map(({ name }) => name)),
    pushed: functions === undefined ? new Set() : await pushable(ari),
    transport: await ari.pjsipObject('transport', 'interlinks-tls'),
    plainTransport: await ari.pjsipObject('transport', 'interlinks-udp'),
    endpoints,
    heartbeatAge: await readHeartbeatAge(ari),
    functions: functions && (await readFunctions(functions, config, endpoints)),
  };
}

/** It answered at first. */
function lost(url: string, error: unknown): Failure {
  return {
    code: 'ari-unreachable',
    message: `Asterisk at ${url} ceased to answer: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Run doctor again; see the log of Asterisk when it happens again',
  };
}

async function readHeartbeatAge(ari: AriReader): Promise<number | undefined> {
  const valueOf = async (variable: string): Promise<number> => {
    const found = await ari.get<{ value: string }>(`asterisk/variable?variable=${variable}`);
    return Number(found?.value ?? '');
  };
  const last = await valueOf('IL_HEARTBEAT');
  return last > 0 ? (await valueOf('EPOCH')) - last : undefined;
}
