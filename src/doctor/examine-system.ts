import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secret.ts';
import type { Failure } from '../domain/failure.ts';
import { hostAndPort } from '../domain/host.ts';
import { checkAmi } from './checks/ami.ts';
import { checkAri } from './checks/ari.ts';
import { checkDialplan, checkHeartbeat } from './checks/dialplan.ts';
import { checkDisk, checkFiles } from './checks/files.ts';
import { checkIdentify, type PeerAddress } from './checks/identify.ts';
import { checkLiveDangerously } from './checks/live-dangerously.ts';
import { checkCodecs, checkModules } from './checks/modules.ts';
import { checkPhones } from './checks/phones.ts';
import { checkSorcery } from './checks/sorcery.ts';
import { checkTransport } from './checks/transport.ts';
import { checkVersion } from './checks/version.ts';
import type { AmiFacts, AsteriskFacts, Probed } from './facts.ts';
import { notChecked, problem, type Fault, type Finding } from './finding.ts';
import { probeAmi } from './probes/ami.ts';
import { probeAsterisk } from './probes/asterisk.ts';
import { probeDisk, probeFiles } from './probes/files.ts';

export interface SystemToExamine {
  readonly configFile: string;
  readonly config: Config;
  readonly secrets: Secrets;
  /** What only a running service knows; undefined when none runs. */
  readonly service: KnownToService | undefined;
}

export interface KnownToService {
  readonly peers: readonly PeerAddress[];
  /** Whether an interlink goes without encryption. */
  readonly plain: boolean;
}

/** Looks at everything on this side: the files of the service, and Asterisk. Takes about a second, and changes nothing. */
export async function examineSystem(system: SystemToExamine): Promise<readonly Finding[]> {
  const { configFile, config, secrets } = system;
  const { ari, ami } = config.asterisk;
  const [files, free, asterisk, manager] = await Promise.all([
    probeFiles(configFile, config),
    probeDisk(config.dataDir),
    probeAsterisk(config, { ...ari, password: secrets.ariPassword.reveal() }),
    probeAmi({ ...ami, password: secrets.amiPassword.reveal() }),
  ]);
  return [
    ...checkFiles(files),
    ...(free === undefined ? [] : checkDisk(config.dataDir, free)),
    ...(asterisk.ok ? examineAsterisk(asterisk.value, system) : unreached(asterisk.failure, ari.url)),
    ...(manager.ok
      ? checkAmi(manager.value, asterisk.ok ? asterisk.value.functions : undefined, ami)
      : [fault(manager.failure, hostAndPort(ami))]),
    ...examineIdentify(manager, system),
  ];
}

function examineAsterisk(facts: AsteriskFacts, { config, service }: SystemToExamine): readonly Finding[] {
  const { functions, modules } = facts;
  return [
    ...checkAri(facts, config.asterisk),
    ...checkVersion(facts.version),
    ...checkModules(modules, config.trunk.protocols),
    ...checkCodecs(modules, config.trunk.pjsip.codecs),
    ...checkLiveDangerously(functions),
    ...checkSorcery(facts),
    ...checkTransport('interlinks-tls', facts.transport, config.trunk),
    ...(service?.plain === true ? checkTransport('interlinks-udp', facts.plainTransport, config.trunk) : []),
    ...checkDialplan(functions),
    ...checkPhones(facts),
    ...(service === undefined ? [] : checkHeartbeat(facts.heartbeatAge)),
  ];
}

function examineIdentify(manager: Probed<AmiFacts>, { service }: SystemToExamine): readonly Finding[] {
  if (manager.ok && service !== undefined) return checkIdentify(manager.value.identify, service.peers);
  const why = service === undefined ? 'the service is not running' : 'AMI does not let the service in';
  return [notChecked('identify', 'pjsip.conf', why)];
}

function fault({ code, message, remedy }: Failure, where: string): Finding {
  return problem(code as Fault, where, message, remedy.replace(/\.$/, ''));
}

function unreached(failure: Failure, url: string): readonly Finding[] {
  return [
    fault(failure, url),
    notChecked('dialplan', url, 'everything else in Asterisk, because ARI does not answer'),
  ];
}
