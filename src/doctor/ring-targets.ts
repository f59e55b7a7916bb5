import type { LocalNumber } from '../domain/local-number.ts';

/** Names of the PJSIP endpoints that numbers ring, each once. */
export function ringTargets(numbers: readonly LocalNumber[]): readonly string[] {
  const names = numbers.flatMap(({ target }) =>
    target.kind === 'ring' ? target.endpoints.flatMap((endpoint) => pjsipName(endpoint)) : [],
  );
  return [...new Set(names)];
}

function pjsipName(endpoint: string): readonly string[] {
  return endpoint.startsWith('PJSIP/') ? [endpoint.slice('PJSIP/'.length)] : [];
}
