import { z } from 'zod';
import type { Actor } from '../access/access-control.ts';
import { FailureError, type Result } from '../domain/failure.ts';
import type { AccessScope } from '../domain/access-scope.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** What documentation says of an operation. */
export interface Described<P, Q, B, A> {
  readonly method: Method;
  /** Below `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  readonly answer: z.ZodType<A>;
  readonly status?: 200 | 201;
  /** What the answer is sent as, when that is not JSON. */
  readonly contentType?: string;
  /** What it takes; left out: `read`. `open`: not even a token. */
  readonly scope?: AccessScope | 'open';
}

interface Spec<P, Q, B, A> extends Omit<Described<P, Q, B, A>, 'scope'> {
  /** For the audit log: a stable name for what was done, and what it was done to. */
  readonly audit?: {
    readonly action: string;
    /** @param answer undefined when it failed */
    readonly subject: (input: Input<P, Q, B>, answer: A | undefined) => string;
  };
  readonly handle: (input: Input<P, Q, B>, actor: Actor) => Result<A> | Promise<Result<A>>;
}

/** What an admin did or tried. */
export interface Deed {
  readonly action: string;
  readonly subject: string;
  /** Code of what it failed with; undefined: it is done. */
  readonly failure: string | undefined;
}

/** One operation of the admin API: what it takes and gives, and what it does. */
export interface Operation extends Described<unknown, unknown, unknown, unknown> {
  readonly scope: AccessScope;
  /**
   * @param record writes into the audit log; called for what changes something
   * @throws ZodError when the input is not understood
   */
  readonly run: (
    input: Input<unknown, unknown, unknown>,
    actor: Actor,
    record: (deed: Deed) => Promise<void>,
  ) => Promise<Result<unknown>>;
}

/** Describes an operation once: requests are checked, typed and documented by the same schemas. */
export function operation<A, P = unknown, Q = unknown, B = unknown>(spec: Spec<P, Q, B, A>): Operation {
  const { audit, handle, ...described } = spec;
  return {
    ...described,
    scope: spec.method === 'GET' ? 'read' : 'write',
    run: async (raw, actor, record) => {
      const input = {
        params: (spec.params ?? anything).parse(raw.params) as P,
        query: (spec.query ?? anything).parse(raw.query) as Q,
        body: (spec.body ?? anything).parse(raw.body) as B,
      };
      const tried = async (failure: string | undefined, answer?: A): Promise<void> => {
        if (audit === undefined) return;
        await record({ action: audit.action, subject: audit.subject(input, answer), failure });
      };
      const result = await settled(async () => await handle(input, actor)).catch(async (error: unknown) => {
        // What it was to change may be changed all the same.
        await tried('internal');
        throw error;
      });
      await (result.ok ? tried(undefined, result.value) : tried(result.failure.code));
      return result;
    },
  };
}

const anything = z.unknown();

/** A failure that was thrown is one as well. */
async function settled<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}
