import { openStore, type StoreOptions } from '../../src/store/index.ts';
import { issuedKey } from './samples.ts';

/**
 * A process of its own that opens the store named on its command line (StoreOptions as JSON), stores a key, says
 * so on a line, and holds the store until it is killed.
 */
const options = JSON.parse(process.argv[2] ?? '') as StoreOptions;
const { interlinks } = await openStore(options);
process.stdout.write(`${await interlinks.addIssuedKey(issuedKey(1))}\n`);
setInterval(() => undefined, 60_000);
