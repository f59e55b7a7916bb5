import type { AuditEntryView } from '../../access-schema.ts';
import { api } from '../api.ts';
import { timeText } from '../format.ts';
import { useLive } from '../live.ts';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { useData } from '../use-data.ts';

const actions: Readonly<Record<string, string>> = {
  'configuration-changed': 'was changed',
  'interlink-connected': 'connected',
  'interlink-changed': 'changed an interlink',
  'interlink-deleted': 'deleted an interlink',
  'key-entered': 'entered a key',
  'key-generated': 'generated a key',
  'notice-dropped': 'gave up telling',
  'number-changed': 'changed a number',
  'signed-in': 'signed in',
  'sign-in-link-made': 'made a sign-in link',
  'token-created': 'made a token',
  'token-revoked': 'revoked a token',
};

const columns: readonly Column<AuditEntryView>[] = [
  { title: 'When', cell: ({ at }) => timeText(at) },
  { title: 'Who', cell: ({ who }) => who },
  { title: 'What', cell: ({ action }) => actions[action] ?? action },
  { title: 'Of what', cell: ({ subject }) => subject },
  { title: 'Outcome', cell: ({ failure }) => (failure === undefined ? 'done' : <code>{failure}</code>) },
];

/** Who changed what and when, the newest first. */
export function Log() {
  const { changes } = useLive();
  const { value, error } = useData(api.audit, `${changes.audit}`);
  return (
    <>
      <h2>Log</h2>
      <ErrorNote error={error} />
      {value === undefined ? (
        <Loading />
      ) : (
        <Table
          label="Who changed what"
          columns={columns}
          rows={value.entries}
          keyOf={({ at, action }, index) => `${at} ${action} ${index}`}
        />
      )}
    </>
  );
}
