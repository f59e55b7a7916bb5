/** The processes of two joined systems. */
export interface Processes {
  readonly asterisk: readonly number[];
  readonly services: readonly number[];
  /** The phones that are called. */
  readonly phones?: readonly number[];
}

/** One of the ways in which a number of another system can be dialed. */
export interface Contender {
  readonly name: string;
  /** Round-trip time between the two systems, milliseconds. */
  readonly rttMs: number;
  readonly processes: Processes;
  /** Address of the PBX that has the caller, and what the caller dials. */
  readonly from: string;
  readonly dialed: string;
}

/** What a package's Asterisk writes by default; the rig's own, which tells every step, would cost more than a call. */
export const logger = {
  'logger.conf': '[general]\n[logfiles]\nmessages.log => notice,warning,error\n',
} as const;
