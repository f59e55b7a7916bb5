import { ok } from '../../domain/failure.ts';
import type { AdminDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { findings, system } from '../schema.ts';

/** This system, and what is wrong with it. */
export function systemOperations(deps: AdminDeps): readonly Operation[] {
  return [
    operation({
      method: 'GET',
      path: '/system',
      summary: 'This system and what it is connected to',
      answer: system,
      handle: () => ok(deps.system()),
    }),
    operation({
      method: 'GET',
      path: '/problems',
      summary: 'What doctor finds, with remedies; takes a moment',
      answer: findings,
      handle: async () => ok({ findings: [...(await deps.examine())] }),
    }),
  ];
}
