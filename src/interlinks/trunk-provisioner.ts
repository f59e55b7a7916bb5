import type { TrunkAddress, TrunkSecrets } from '../domain/interlink.ts';

export type { TrunkState } from '../domain/health.ts';

/** All that is needed to make the trunk of one interlink in Asterisk. */
export interface Trunk {
  /** Name of all its objects, `il-` + 16 characters of the interlink id. */
  readonly name: string;
  readonly address: TrunkAddress;
  readonly secrets: TrunkSecrets;
}

/** Port: the calls over trunks of any kind in Asterisk. Methods reject while Asterisk cannot be reached. */
export interface TrunkCalls {
  /** Ends every call over a trunk, in either direction. @returns how many there were */
  hangUp(trunk: string): Promise<number>;
  /** Names of the trunks over which there are calls. */
  list(): Promise<readonly string[]>;
}

/**
 * Port: the trunks of one technology in Asterisk. Methods reject while Asterisk cannot be reached. What many changes
 * cost no more than one, such as a reload, is done by {@link apply}, after which all of them are in force.
 */
export interface TrunkProvisioner {
  /** Creates the trunk, or replaces what is there under its name. */
  put(trunk: Trunk): Promise<void>;
  /** Removes all of that name. No new calls; calls in progress go on. Absent is no error. */
  remove(name: string): Promise<void>;
  apply(): Promise<void>;
  /** Names of the trunks that Asterisk has, complete or not. */
  list(): Promise<readonly string[]>;
}
