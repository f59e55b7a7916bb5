import { useState } from 'react';
import { addressOf, api } from '../api.ts';
import { midnight } from '../format.ts';
import { useLive } from '../live.ts';
import { CallTable } from '../parts/call-table.tsx';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';
import { CallCharts } from './call-charts.tsx';
import { CallFilters, type Filters } from './call-filters.tsx';

const most = 500;

/** Calls, live and past. */
export function Calls() {
  const { changes } = useLive();
  const [filters, setFilters] = useState<Filters>({ days: 0, interlink: '', number: '', which: 'all' });
  const query = queryOf(filters);
  const key = `${changes.calls} ${JSON.stringify(query)}`;
  const { value, error } = useData(() => api.calls({ ...query, limit: most }), key);
  return (
    <>
      <div className="bar">
        <h2>Calls</h2>
        <CallFilters filters={filters} onChange={setFilters} />
        <a href={addressOf('/calls.csv', { ...query, limit: 10_000 })} download="calls.csv">
          Download as table (CSV)
        </a>
      </div>
      <ErrorNote error={error} />
      <CallCharts filters={filters} />
      {value === undefined ? <Loading /> : <CallTable calls={value.calls} />}
      {value?.calls.length === most && <p className="quiet">The newest {most} are shown.</p>}
    </>
  );
}

function queryOf({ days, interlink, number, which }: Filters) {
  return {
    since: midnight(days),
    interlink: interlink === '' ? undefined : interlink,
    number: number === '' ? undefined : number,
    failed: which === 'failed' ? ('true' as const) : undefined,
    inProgress: which === 'live' ? ('true' as const) : undefined,
  };
}
