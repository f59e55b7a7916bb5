import type { Result } from '../../domain/failure.ts';
import type { Interlink } from '../../domain/interlink.ts';
import type { PairingReply, SealedPairingRequest } from '../../interlinks/peer-transport.ts';
import { TestSystem } from './test-system.ts';
import type { TestSystemOptions } from './test-system.ts';

/** The systems of one test; stops those that the test did not stop. */
export class SystemPool {
  readonly #systems = new Set<TestSystem>();

  async start(options: TestSystemOptions): Promise<TestSystem> {
    const system = await TestSystem.start(options);
    this.#systems.add(system);
    return system;
  }

  /** Starts Berlin, which issues keys, and Lisbon, which redeems them. */
  async startBoth(lisbon: Partial<TestSystemOptions> = {}): Promise<[TestSystem, TestSystem]> {
    return [
      await this.start({ name: 'Berlin', address: '127.0.0.2' }),
      await this.start({ name: 'Lisbon', address: '127.0.0.3', ...lisbon }),
    ];
  }

  /** Starts a stopped system again, with its keys, its store and its port, and nothing else. */
  async restart(stopped: TestSystem): Promise<TestSystem> {
    const { identity, store, port, address, local } = stopped;
    return await this.start({ name: local.name, address, identity, store, port });
  }

  async stop(system: TestSystem): Promise<void> {
    this.#systems.delete(system);
    await system[Symbol.asyncDispose]();
  }

  async stopAll(): Promise<void> {
    for (const system of this.#systems) await this.stop(system);
  }
}

/** State of the interlink, or code of the failure. */
export function outcomeOf(result: Result<Interlink>): string {
  return result.ok ? result.value.state : result.failure.code;
}

/** Resolves when the interlink is active there. */
export async function untilActive(system: TestSystem, id: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const unsubscribe = system.registry.subscribe(() => check());
    const check = (): void => {
      if (system.registry.find(id)?.state !== 'active') return;
      unsubscribe();
      resolve();
    };
    check();
  });
}

/** Changes what a redeemer sends and receives. */
export function between(change: {
  readonly request?: (sealed: SealedPairingRequest) => SealedPairingRequest;
  readonly reply?: (reply: PairingReply, sealed: SealedPairingRequest) => PairingReply;
}): Partial<TestSystemOptions> {
  return {
    wrapTransport: (transport) => ({
      requestPairing: async (url, sealed, signal) => {
        const delivery = await transport.requestPairing(url, change.request?.(sealed) ?? sealed, signal);
        if (delivery.kind !== 'answered') return delivery;
        return { kind: 'answered', reply: change.reply?.(delivery.reply, sealed) ?? delivery.reply };
      },
    }),
  };
}

/** Loses answers until told otherwise. */
export function losing(
  what: 'answer' | 'confirmation' | 'answer to the confirmation',
): Partial<TestSystemOptions> {
  const lost = { kind: 'unanswered', reason: 'time-out' } as const;
  return {
    wrapTransport: (transport) => ({
      requestPairing: async (...parameters) => {
        const delivery = await transport.requestPairing(...parameters);
        return what === 'answer' ? lost : delivery;
      },
      confirmPairing: async (...parameters) => {
        if (what === 'confirmation') return lost;
        const outcome = await transport.confirmPairing(...parameters);
        return what === 'answer to the confirmation' ? lost : outcome;
      },
    }),
  };
}
