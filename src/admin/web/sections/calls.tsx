import { useState } from 'react';
import { addressOf } from '../api.ts';
import { Segments } from '../parts/segments.tsx';
import { CallCharts } from './call-charts.tsx';
import { CallFilters, queryOf, type Filters } from './call-filters.tsx';
import { CallList } from './call-list.tsx';
import { UsageTable } from './usage-table.tsx';

const views = [
  { id: 'calls', text: 'Each call' },
  { id: 'number', text: 'By number' },
  { id: 'interlink', text: 'By interlink' },
] as const;

/** Calls, live and past, and what they add up to. */
export function Calls() {
  const [filters, setFilters] = useState<Filters>({ days: 0, interlink: '', number: '', which: 'all' });
  const [view, setView] = useState<(typeof views)[number]['id']>('calls');
  const choose = (chosen: Partial<Filters>): void => {
    setFilters({ ...filters, ...chosen });
    setView('calls');
  };
  return (
    <>
      <div className="bar">
        <h2>Calls</h2>
        <CallFilters filters={filters} onChange={setFilters} />
      </div>
      <CallCharts filters={filters} />
      <div className="bar">
        <Segments label="Show" choices={views} chosen={view} onChoose={setView} />
        <a href={addressOf('/calls.csv', { ...queryOf(filters), limit: 10_000 })} download="calls.csv">
          Download as table (CSV)
        </a>
      </div>
      {view === 'calls' ? (
        <CallList filters={filters} />
      ) : (
        <UsageTable by={view} filters={filters} onChoose={choose} />
      )}
    </>
  );
}
