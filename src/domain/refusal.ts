/** Why somebody was turned away at one of the doors. A closed list, since it is a label of a metric. */
export const refusalReasons = [
  /** The admin listener was asked under a name that is not its own, as by a page that a browser was lured to. */
  'admin-host',
  'admin-token',
  /** Asked to be paired and proved to hold no key. */
  'pairing-unproved',
  /** Held a key that had been used, or had expired. */
  'pairing-used',
  'pairing-expired',
  /** A request of an interlink that this system has never had. */
  'peer-interlink',
  /** A request that its interlink's peer did not sign, or signed for something else. */
  'peer-token',
  /** A call over a trunk: of no live interlink. */
  'trunk-no-interlink',
  /** A call over a trunk that carries as many as it may. */
  'trunk-too-many-calls',
  /** A call over a trunk, see TicketRefusal. */
  'ticket-missing',
  'ticket-unknown-or-used',
  'ticket-expired',
  'ticket-other-interlink',
  'ticket-other-number',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** Told of everybody who was turned away; see src/observability. */
export interface Refusals {
  /**
   * @param remote IP address, perhaps with a port; undefined when it is not known
   * @param details for the log; what strangers wrote is welcome here only
   * @returns whether it was written down: of very many from one place only some are, lest they fill the disk
   */
  refused(reason: RefusalReason, remote: string | undefined, details?: object): boolean;
}
