import type { Migration } from 'kysely/migration';
import * as initialSchema from './20261123170000-initial-schema.ts';
import * as addresses from './20261123193000-addresses.ts';
import * as secretKey from './20261123190000-secret-key.ts';
import * as peerDirectories from './20261123191000-peer-directories.ts';
import * as changeMarks from './20261123200000-change-marks.ts';
import * as trunkCertificate from './20261127150000-trunk-certificate.ts';
import * as deletion from './20261123191500-deletion.ts';
import * as prefix from './20261127070000-prefix.ts';
import * as withdrawals from './20261127071500-withdrawals.ts';
import * as access from './20261127130000-access.ts';
import * as callsByInterlink from './20261127134500-calls-by-interlink.ts';

/** Every migration by name, in the order in which they are applied. A released one is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '20261123170000-initial-schema': initialSchema,
  '20261123190000-secret-key': secretKey,
  '20261123191000-peer-directories': peerDirectories,
  '20261123191500-deletion': deletion,
  '20261123193000-addresses': addresses,
  '20261123200000-change-marks': changeMarks,
  '20261127070000-prefix': prefix,
  '20261127071500-withdrawals': withdrawals,
  '20261127130000-access': access,
  '20261127134500-calls-by-interlink': callsByInterlink,
  '20261127150000-trunk-certificate': trunkCertificate,
};
