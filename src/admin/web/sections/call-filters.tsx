import { midnight } from '../format.ts';
import { useLive } from '../live.ts';

export interface Filters {
  /** How many days before today. */
  readonly days: number;
  /** Id; empty: all. */
  readonly interlink: string;
  /** Empty: all. */
  readonly number: string;
  readonly which: 'all' | 'failed' | 'live';
}

/** What they ask the API for. */
export function queryOf({ days, interlink, number, which }: Filters) {
  return {
    since: midnight(days),
    interlink: interlink || undefined,
    number: number || undefined,
    failed: which === 'failed' ? ('true' as const) : undefined,
    inProgress: which === 'live' ? ('true' as const) : undefined,
  };
}

interface CallFiltersProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function CallFilters({ filters, onChange }: CallFiltersProps) {
  const { interlinks } = useLive();
  const isGone = filters.interlink !== '' && !interlinks.some(({ id }) => id === filters.interlink);
  const change = (changed: Partial<Filters>): void => onChange({ ...filters, ...changed });
  return (
    <>
      <label className="field">
        Time
        <select value={filters.days} onChange={({ target }) => change({ days: Number(target.value) })}>
          <option value={0}>today</option>
          <option value={6}>7 days</option>
          <option value={29}>30 days</option>
        </select>
      </label>
      <label className="field">
        Interlink
        <select value={filters.interlink} onChange={({ target }) => change({ interlink: target.value })}>
          <option value="">all</option>
          {isGone && <option value={filters.interlink}>a deleted one</option>}
          {interlinks.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        Number
        <input
          value={filters.number}
          inputMode="tel"
          size={8}
          onChange={({ target }) => change({ number: target.value.trim() })}
        />
      </label>
      <label className="field">
        Which
        <select
          value={filters.which}
          onChange={({ target }) => change({ which: target.value as Filters['which'] })}
        >
          <option value="all">all</option>
          <option value="failed">not put through</option>
          <option value="live">in progress</option>
        </select>
      </label>
    </>
  );
}
