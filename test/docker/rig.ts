import { print } from '../rig/steps.ts';
import { blackhole, noAsterisk, noDatabase, wrongAriPassword } from './rigs/broken.ts';
import { routers } from './rigs/routers.ts';
import { three } from './rigs/three.ts';
import { two } from './rigs/two.ts';

/**
 * Brings up a rig of containers, looks whether all is as it should be, and leaves it running. Ends with 1 where
 * something is not. Argument: which rig.
 */

const rigs: Readonly<Record<string, () => Promise<void>>> = {
  two,
  three,
  routers,
  'no-asterisk': noAsterisk,
  'no-database': noDatabase,
  'wrong-ari-password': wrongAriPassword,
  blackhole,
};

const { 2: name = 'two' } = process.argv;
const bringUp = rigs[name];
if (bringUp === undefined) {
  print(`There is no rig "${name}", only ${Object.keys(rigs).join(', ')}`);
  process.exitCode = 1;
} else {
  await bringUp();
  print('\nThe rig goes on until `make rig-down`. docs/containers.md says what to do with it.');
}
