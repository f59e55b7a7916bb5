import { FailureError, type Failure } from '../domain/failure.ts';
import { hostAndPort } from '../domain/host.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import type { AmiAccess, AmiMessage } from './ami-client.ts';
import { AmiRefusal, isDenied } from './ami-errors.ts';
import type { AmiFields } from './ami-message.ts';
import { AmiSession } from './ami-session.ts';
import { LastingConnection } from './lasting-connection.ts';

/** Asterisk does the actions of one connection one after the other; more at once would only wait there. */
const actionsAtOnce = 32;

export interface AmiOptions extends AmiAccess {
  readonly log: Logger;
}

/**
 * Port to Asterisk's manager interface; tries for ever to use it again after that has failed. It counts as connected
 * while the last that was tried worked, see AmiSession.
 */
export class AmiConnection extends LastingConnection<AmiSession, object> {
  protected override readonly label = 'AMI';
  readonly #access: AmiAccess;
  readonly #limiter = new Limiter(actionsAtOnce);

  constructor({ log, ...access }: AmiOptions) {
    super(log);
    this.#access = access;
  }

  /**
   * One action that has one answer. A few run at once, and Asterisk does them in the order in which they were called.
   *
   * @param fields headers by name
   * @returns the answer's headers, by name in lower case
   * @throws AmiRefusal with Asterisk's reason; RangeError for a value that cannot be sent; Error within 2 s of its
   *   turn, also while Asterisk is away, or some seconds where it has to be connected to first
   */
  async action(name: string, fields: AmiFields = {}): Promise<AmiMessage> {
    return this.#limiter.run(() => this.#session(name).use((client) => client.action(name, fields)));
  }

  /**
   * One action that is answered by a list, such as DBGetTree.
   *
   * @returns the list's events, without the one that ends it
   * @throws as `action`, but within 10 s
   */
  async list(name: string, fields: AmiFields = {}): Promise<readonly AmiMessage[]> {
    return this.#limiter.run(() => this.#session(name).use((client) => client.list(name, fields)));
  }

  /** Asterisk may be another one from now on: all is set up with it again. */
  renew(): void {
    this.open?.close();
  }

  #session(name: string): AmiSession {
    if (this.open === undefined) throw new Error(`no connection to AMI for ${name}`);
    return this.open;
  }

  protected override async connect(signal: AbortSignal): Promise<AmiSession> {
    return AmiSession.open(this.#access, signal);
  }

  protected override explain(error: unknown): { failure: Failure; patienceMs: number } {
    return { failure: explainAmi(error, this.#access), patienceMs: 0 };
  }
}

/** Why AMI could not be used, for admins. */
export function explainAmi(error: unknown, access: AmiAccess): Failure {
  const { username } = access;
  if (error instanceof FailureError) return error.failure;
  if (isDenied(error)) {
    return {
      code: 'ami-unauthorized',
      message: `Asterisk does not let the AMI user ${username} do what Interlinks needs`,
      remedy: `Write write=system into [${username}] of manager.conf, then "asterisk -rx 'manager reload'".`,
    };
  }
  if (error instanceof AmiRefusal && error.action === 'Login') {
    return {
      code: 'ami-unauthorized',
      message: `Asterisk's AMI at ${hostAndPort(access)} refuses the user ${username}`,
      remedy: `Compare the secret of [${username}] in manager.conf with the one in the file that asterisk.ami.passwordFile names, and its permit lines with this machine's address; a change of manager.conf needs "asterisk -rx 'manager reload'", one of the password file a restart of the service.`,
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'ami-unreachable',
    message: `Asterisk's AMI at ${hostAndPort(access)} does not answer: ${reason}`,
    remedy:
      'Start Asterisk, or check that manager.conf says enabled=yes and that asterisk.ami has its bindaddr and port; until then the service goes on trying.',
  };
}
