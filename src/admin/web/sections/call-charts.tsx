import type { UsageView } from '../../call-schema.ts';
import { api } from '../api.ts';
import { count, midnight } from '../format.ts';
import { useLive } from '../live.ts';
import { BarChart } from '../parts/bar-chart.tsx';
import { useData } from '../use-data.ts';
import { useTick } from '../use-tick.ts';
import type { Filters } from './call-filters.tsx';

const hourSeconds = 3600;
/** A month of calls takes the service a moment to count. */
const refreshMs = 30_000;
const hourMs = hourSeconds * 1000;

/** Calls and post-dial delay over time: by the hour for a day, by the day for more. */
export function CallCharts({ filters: { days, interlink, number } }: { readonly filters: Filters }) {
  const { changes } = useLive();
  const tick = useTick(refreshMs);
  const hours = days === 0 ? 1 : 24;
  const since = midnight(days);
  const period = hours * hourSeconds;
  const query = { since, period, interlink: interlink || undefined, number: number || undefined };
  const { value } = useData(
    () => api.usage(query),
    `${days === 0 ? changes.calls : tick} ${JSON.stringify(query)}`,
  );
  if (value === undefined) return null;
  const total = value.periods.reduce((sum, { calls }) => sum + calls, 0);
  const failed = value.periods.reduce((sum, period) => sum + period.failed, 0);
  const slots = slotsOf(value.periods, Date.parse(since), hours * hourMs, days === 0 ? 24 : days + 1);
  return (
    <div className="charts">
      <BarChart
        title="Calls"
        summary={`${count(total, 'call')}, ${failed.toLocaleString()} not put through`}
        bars={slots.map(({ label, usage }) => ({
          label,
          parts: [
            { kind: 'good', value: (usage?.calls ?? 0) - (usage?.failed ?? 0), name: 'put through' },
            { kind: 'bad', value: usage?.failed ?? 0, name: 'not put through' },
          ],
        }))}
      />
      <BarChart
        title="Post-dial delay"
        summary={`mean by ${hours === 1 ? 'hour' : 'day'}, in milliseconds`}
        bars={slots.map(({ label, usage }) => ({
          label,
          parts: [{ kind: 'neutral', value: usage?.postDialDelayMs ?? 0, name: 'ms' }],
        }))}
      />
    </div>
  );
}

interface Slot {
  readonly label: string;
  readonly usage: UsageView | undefined;
}

/** One for each period, also for those without calls. */
function slotsOf(
  periods: readonly UsageView[],
  start: number,
  lengthMs: number,
  slots: number,
): readonly Slot[] {
  const byStart = new Map(periods.map((period) => [Date.parse(period.start), period]));
  const form = new Intl.DateTimeFormat(
    undefined,
    lengthMs === hourMs ? { hour: 'numeric' } : { day: 'numeric', month: 'short' },
  );
  return Array.from({ length: slots }, (_, index) => {
    const at = start + index * lengthMs;
    // Its middle is in that day also where the clocks were changed.
    return { label: form.format(at + lengthMs / 2), usage: byStart.get(at) };
  });
}
