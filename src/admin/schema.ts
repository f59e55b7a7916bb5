import { z } from 'zod';

/** What the admin API takes and gives. The command and the page are typed against these. Times are ISO 8601, UTC. */

export const time = z.iso.datetime();

export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  /** Stable, see FailureCode. */
  code: z.string(),
  detail: z.string(),
  remedy: z.string(),
});

const connection = z.object({
  connected: z.boolean(),
  /** Of what stands in the way, as in a problem; absent while connected. */
  code: z.string().optional(),
  reason: z.string().optional(),
  remedy: z.string().optional(),
});

export const system = z.object({
  name: z.string(),
  id: z.string(),
  version: z.string(),
  /** ARI, over which calls are taken. */
  asterisk: connection,
  /** Over which Asterisk gets the numbers that ring while the service is away. */
  ami: connection,
  database: z.enum(['sqlite', 'postgresql']),
  config: z.object({
    file: z.string(),
    /** When what is in force was read from it. */
    inForceSince: time,
    /** Why the file as it is now is not in force. Absent when it is. */
    refused: z
      .object({
        at: time,
        code: z.string(),
        detail: z.string(),
        remedy: z.string(),
        /** Private in the file, and still shared. */
        notPrivate: z.array(z.string()),
      })
      .optional(),
    /** Settings that were changed in the file and wait for a restart of the service. */
    awaitingRestart: z.array(z.string()),
  }),
});

export const interlink = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['key-ready', 'pairing', 'active', 'tombstone']),
  health: z.object({ colour: z.enum(['grey', 'green', 'amber', 'red']), reason: z.string() }),
  trunk: z.object({ kind: z.enum(['pjsip', 'iax2']), encrypted: z.boolean() }),
  /** What people here dial before a number of the other system to reach that one and nobody else. */
  prefix: z.string().optional(),
  createdAt: time,
  activatedAt: time.optional(),
  expiresAt: time.optional(),
  roundTripMs: z.number().optional(),
  peer: z.object({ id: z.string(), name: z.string(), url: z.string(), trunkAddress: z.string() }).optional(),
});
/** An interlink that was deleted here, or on the other side, while something of that is still to be done. */
export const endedInterlink = z.object({
  id: z.string(),
  name: z.string(),
  endedAt: time,
  /** Its trunk and its calls are cleared away as soon as Asterisk is back. Nothing of it is let in meanwhile. */
  cleanUpPending: z.boolean(),
  /** The other side has not acknowledged it; it is told as soon as it can be reached. */
  noticePending: z.boolean(),
});
export const interlinks = z.object({ interlinks: z.array(interlink), ended: z.array(endedInterlink) });
/**
 * What may be changed of an interlink, one thing at a time; a prefix of null takes it away. With `was`, nothing is
 * changed unless it still is what the admin saw.
 */
export const interlinkChange = z.union([
  z.strictObject({ name: z.string(), was: z.string().optional() }),
  z.strictObject({ prefix: z.string().nullable(), was: z.string().nullable().optional() }),
]);
export const deletion = z.object({
  id: z.string(),
  name: z.string(),
  /** Pending while Asterisk is away. */
  cleanUp: z.enum(['done', 'pending']),
  /** Calls over it that were hung up; absent while the clean-up is pending. */
  callsEnded: z.number().int().optional(),
});
/** An interlink whose other side is not told any more that it has ended. */
export const forgotten = z.object({ id: z.string(), name: z.string() });
/** What deleting an interlink would cut off. */
export const deletionPreview = z.object({
  /** Numbers that are dialed through it now. */
  numbers: z.number().int(),
  callsInProgress: z.number().int(),
  callsOfLast30Days: z.number().int(),
});

/**
 * What `GET /api/v1/events` sends, as server-sent events whose name is `type` and whose data is this. `reset` has the
 * state of everything: at the beginning, and where events were missed.
 */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reset'), at: time, system, interlinks: z.array(interlink) }),
  z.object({
    type: z.enum(['interlink-added', 'interlink-changed', 'interlink-removed', 'health-changed']),
    at: time,
    interlink,
  }),
  z.object({ type: z.literal('system-changed'), at: time, system }),
  /** To be asked for. */
  z.object({
    type: z.enum(['numbers-changed', 'remote-numbers-changed', 'calls-changed', 'audit-changed']),
    at: time,
  }),
]);

export const newKey = z
  .strictObject({
    name: z.string(),
    trunk: z.enum(['pjsip', 'iax2']).optional(),
    /** SIP and sound in clear. */
    plain: z.boolean().optional(),
    /** How long the key can be redeemed, in seconds. */
    expiresIn: z.number().int().positive().optional(),
    url: z.string().optional(),
    trunkAddress: z.string().optional(),
  })
  .refine(({ trunk, plain }) => plain !== true || trunk !== 'iax2', {
    path: ['plain'],
    message: 'IAX2 is always encrypted',
  });
export const generatedKey = z.object({ key: z.string(), interlink });

/** A key as somebody types it; told is what it says, nothing is sent to its issuer. */
export const enteredKey = z.strictObject({ key: z.string().max(4096) });
export const keyCheck = z.object({ url: z.string(), expiresAt: time });

export const newLink = z.strictObject({
  name: z.string(),
  key: z.string().max(4096),
  /** Agrees to calls without encryption, if the key is for such. */
  plain: z.boolean().optional(),
});

export const number = z.object({
  number: z.string(),
  name: z.string().optional(),
  private: z.boolean(),
  target: z.string(),
});
export const numbers = z.object({ numbers: z.array(number) });

/** What may be changed of a number. */
export const numberChange = z.strictObject({ private: z.boolean() });

/** A number that a linked system shares, and what somebody here who dials it gets. */
export const remoteNumber = z.object({
  number: z.string(),
  name: z.string().optional(),
  /** What the interlink is called here. */
  interlink: z.string(),
  /** Whether that system is known not to answer. */
  away: z.boolean(),
  reach: z.enum(['dialable', 'local-wins', 'interlink-wins', 'not-dialable']),
  /** Which interlink is called instead, with `interlink-wins`. */
  winner: z.string().optional(),
  /** What reaches it from here, with the interlink's prefix where need be. */
  dial: z.string().optional(),
});
export const remoteNumbers = z.object({
  numbers: z.array(remoteNumber),
  /** What is known of each linked system's directory. */
  directories: z.array(
    z.object({
      interlink: z.string(),
      numbers: z.number().int(),
      /** Missing when none ever came. */
      receivedAt: time.optional(),
      /** Whether it is known to be what that system shares now. */
      current: z.boolean(),
    }),
  ),
});

export const route = z.object({
  dialed: z.string(),
  outcome: z.enum(['local', 'trunk', 'unknown', 'away', 'not-found', 'foreign']),
  /** What the caller would get, in words. */
  summary: z.string(),
  /** Each step of the decision, in words and in order. */
  steps: z.array(z.string()),
});

/** What doctor found; the ids are in docs/doctor.md. */
export const finding = z.object({
  level: z.enum(['ok', 'not-checked', 'warning', 'problem']),
  id: z.string(),
  what: z.string(),
  where: z.string(),
  /** With a warning and a problem. */
  remedy: z.string().optional(),
});
export const findings = z.object({ findings: z.array(finding) });

export type Problem = z.infer<typeof problem>;
export type System = z.infer<typeof system>;
export type EventView = z.infer<typeof event>;
export type InterlinkView = z.infer<typeof interlink>;
export type EndedInterlinkView = z.infer<typeof endedInterlink>;
export type DeletionView = z.infer<typeof deletion>;
export type NewKey = z.input<typeof newKey>;
export type NewLink = z.input<typeof newLink>;
export type NumberView = z.infer<typeof number>;
export type RemoteNumberView = z.infer<typeof remoteNumber>;
export type RemoteNumbersView = z.infer<typeof remoteNumbers>;
export type RouteView = z.infer<typeof route>;
export type FindingView = z.infer<typeof finding>;
export type DeletionPreview = z.infer<typeof deletionPreview>;
