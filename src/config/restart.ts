import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';
import { markedSettings } from './introspect.ts';
import { pathText, type Path } from './problem.ts';
import { settingsSchema } from './schema.ts';
import type { YamlTree } from './yaml-tree.ts';

const restartSettings = markedSettings(settingsSchema, 'restart');

/** The settings in which two configurations differ and that only a restart applies, such as `peer.listen`. */
export function awaitingRestart(started: Config, wanted: Config): readonly string[] {
  return restartSettings
    .filter((path) => !isDeepStrictEqual(valueAt(started, path), valueAt(wanted, path)))
    .map(pathText);
}

/** The settings of a file of which a change takes a restart. */
export function restartSettingsIn(tree: YamlTree): readonly string[] {
  return restartSettings.filter((path) => tree.has(path)).map(pathText);
}

/** Settings have the same path in the file and in the configuration made of it. */
function valueAt(config: Config, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    config,
  );
}
