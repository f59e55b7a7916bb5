import type { AdminDeps } from '../deps.ts';
import type { DeletionPreview } from '../schema.ts';

const daysMs = 30 * 86_400_000;
const mostCalls = 10_000;

/** What an interlink is in use for. */
export async function previewDeletion(
  deps: Pick<AdminDeps, 'directories' | 'remoteNumbers' | 'calls' | 'now'>,
  interlinkId: string,
): Promise<DeletionPreview> {
  const until = deps.now();
  const since = until - daysMs;
  const [inProgress, usage] = await Promise.all([
    deps.calls.list({ since: 0, limit: mostCalls, interlinkId, inProgress: true }),
    deps.calls.usage({ since, until, periodMs: daysMs, by: undefined, interlinkId }),
  ]);
  return {
    numbers: deps
      .remoteNumbers(deps.directories())
      .filter(({ interlink, dial }) => interlink.id === interlinkId && dial !== undefined).length,
    callsInProgress: inProgress.length,
    callsOfLast30Days: usage.reduce((sum, { calls }) => sum + calls, 0),
  };
}
