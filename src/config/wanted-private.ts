import { isScalar, visit, type Document } from 'yaml';
import { nearName } from './near-name.ts';

const no = /^(?:no|n|off|false|0)$/i;

/**
 * The numbers that somebody means to be private in a file that is not valid: whose entry has something like
 * `private` (`privat`, `Private`) with anything but a no. Read leniently, for a warning only.
 */
export function wantedPrivate(document: Document): readonly string[] {
  const found = new Set<string>();
  visit(document, {
    Map: (_key, map) => {
      const texts = map.items.map(({ key, value }) => [sourceOf(key), sourceOf(value)] as const);
      const number = texts.find(([key]) => key === 'number')?.[1];
      const hidden = texts.some(([key, value]) => isPrivateKey(key) && !no.test(value));
      if (number !== undefined && hidden) found.add(number);
    },
  });
  return [...found];
}

function isPrivateKey(key: string): boolean {
  return key !== '' && nearName(key, ['private']) !== undefined;
}

function sourceOf(node: unknown): string {
  return isScalar(node) ? (node.source ?? '') : '';
}
