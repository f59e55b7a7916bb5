import { Button } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { api } from '../api.ts';
import { shortTimeText, withLocalTimes } from '../format.ts';
import { Circle } from '../parts/circle.tsx';
import { Editable } from '../parts/editable.tsx';
import { Table, type Column } from '../parts/table.tsx';

export interface InterlinkRow {
  readonly interlink: InterlinkView;
  readonly callsToday: number;
  readonly roundTripMs: number | undefined;
}

interface InterlinkTableProps {
  readonly rows: readonly InterlinkRow[];
  readonly onDelete: (interlink: InterlinkView) => void;
}

export function InterlinkTable({ rows, onDelete }: InterlinkTableProps) {
  const deletion: Column<InterlinkRow> = {
    title: 'Delete',
    untitled: true,
    cell: ({ interlink }) => (
      <Button className="icon" aria-label={`Delete ${interlink.name}`} onPress={() => onDelete(interlink)}>
        ✕
      </Button>
    ),
  };
  return (
    <Table
      label="Interlinks"
      columns={[...columns, deletion]}
      rows={rows}
      keyOf={({ interlink }) => interlink.id}
    />
  );
}

const columns: readonly Column<InterlinkRow>[] = [
  { title: 'State', cell: ({ interlink }) => <State interlink={interlink} /> },
  { title: 'Name', cell: ({ interlink }) => <Name interlink={interlink} /> },
  {
    title: 'Other system',
    cell: ({ interlink: { peer } }) => peer?.name ?? <span className="quiet">not connected yet</span>,
  },
  {
    title: 'Since',
    cell: ({ interlink: { activatedAt, createdAt } }) => shortTimeText(activatedAt ?? createdAt),
  },
  { title: 'Trunk', cell: ({ interlink }) => <Trunk interlink={interlink} /> },
  { title: 'Prefix', cell: ({ interlink }) => <Prefix interlink={interlink} /> },
  { title: 'Calls today', figures: true, cell: ({ callsToday }) => callsToday.toLocaleString() },
  {
    title: 'Round trip',
    figures: true,
    cell: ({ interlink: { health }, roundTripMs }) =>
      roundTripMs === undefined || health.colour === 'red' ? '–' : `${roundTripMs.toFixed(0)} ms`,
  },
];

interface OfInterlink {
  readonly interlink: InterlinkView;
}

function State({ interlink: { health, state, expiresAt } }: OfInterlink) {
  return (
    <span className="state">
      <Circle colour={health.colour} />
      <span>
        {withLocalTimes(health.reason)}
        {state === 'key-ready' && expiresAt !== undefined && (
          <small>key good until {shortTimeText(expiresAt)}</small>
        )}
      </span>
    </span>
  );
}

function Name({ interlink: { id, name } }: OfInterlink) {
  return (
    <Editable
      value={name}
      action={`Rename ${name}`}
      field={(was) => `New name of ${was}`}
      save={(was, text) => api.rename(id, was, text)}
      insist={(now, text) => `Call "${now}" "${text}" all the same`}
    />
  );
}

function Prefix({ interlink: { id, name, prefix = '' } }: OfInterlink) {
  return (
    <Editable
      value={prefix}
      nothing="none"
      action={`Prefix of ${name}: ${prefix === '' ? 'none' : prefix}`}
      field={() => `New prefix of ${name}`}
      hint={`With 82, people here dial 82101 for the 101 of ${name}, also where this system has a 101. Empty: none.`}
      save={(was, text) => api.setPrefix(id, was, text.trim())}
      insist={(now, text) => `Put "${text}" in place of "${now}" all the same`}
    />
  );
}

/** What is agreed; while two systems are at it, nothing is. */
function Trunk({ interlink: { trunk, state } }: OfInterlink) {
  return (
    <>
      {trunk.kind.toUpperCase()}
      {state !== 'pairing' && (
        <small className={trunk.encrypted ? undefined : 'warning'}>
          {trunk.encrypted ? 'encrypted' : 'not encrypted'}
        </small>
      )}
    </>
  );
}
