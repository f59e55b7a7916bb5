import type { AdminDeps } from './deps.ts';
import { eventsDescription } from './event-stream.ts';
import { openApi } from './openapi.ts';
import type { Operation } from './operation.ts';
import { accessOperations } from './operations/access.ts';
import { callOperations } from './operations/calls.ts';
import { interlinkOperations } from './operations/interlinks.ts';
import { numberOperations } from './operations/numbers.ts';
import { systemOperations } from './operations/system.ts';
import { sessionDescriptions } from './session-routes.ts';

/** @param pageUrl where browsers find the page */
export function apiOperations(deps: AdminDeps, pageUrl: string): readonly Operation[] {
  return [
    ...systemOperations(deps),
    ...interlinkOperations(deps),
    ...numberOperations(deps),
    ...callOperations(deps),
    ...accessOperations(deps, pageUrl),
  ];
}

/** The whole admin API as OpenAPI has it. */
export function apiDocument(operations: readonly Operation[]): object {
  return openApi([...operations, ...sessionDescriptions, eventsDescription]);
}
