import type { CallView } from '../../call-schema.ts';
import { durationOrNone, timeText } from '../format.ts';
import { Table, type Column } from './table.tsx';

const directions = { local: 'within', out: 'outgoing', in: 'incoming' } as const;

const outcomes: Readonly<Record<NonNullable<CallView['outcome']>, string>> = {
  answered: 'answered',
  busy: 'the phone was busy',
  'no-answer': 'nobody answered',
  declined: 'declined',
  cancelled: 'the caller hung up first',
  unreachable: 'no phone was registered for the number',
  'unknown-number': 'nobody has that number',
  'peer-away': 'the linked system was away',
  'too-many-calls': 'the interlink carried as many calls as it may',
  refused: 'refused: it came without the right to',
  failed: 'failed',
};

/** What came of a call, in words. */
function outcomeText({ endedAt, answeredAt, outcome, cause }: CallView): string {
  if (endedAt === undefined) return answeredAt === undefined ? 'ringing' : 'in progress';
  if (outcome === undefined) return 'ended';
  return outcome === 'failed' && cause !== undefined ? `failed (cause ${cause})` : outcomes[outcome];
}

const columns: readonly Column<CallView>[] = [
  { title: 'Time', cell: ({ startedAt }) => timeText(startedAt) },
  { title: 'Direction', cell: ({ direction }) => directions[direction] },
  { title: 'From', cell: ({ caller }) => caller ?? <span className="quiet">private</span> },
  { title: 'Dialed', cell: ({ dialed }) => dialed },
  { title: 'Interlink', cell: ({ interlink }) => interlink },
  { title: 'Rang after', figures: true, cell: ({ postDialDelayMs }) => durationOrNone(postDialDelayMs) },
  { title: 'Talked', figures: true, cell: ({ durationMs }) => durationOrNone(durationMs) },
  {
    title: 'Outcome',
    cell: (call) => (
      <span className={call.endedAt === undefined ? 'live' : undefined}>{outcomeText(call)}</span>
    ),
  },
];

export function CallTable({ calls }: { readonly calls: readonly CallView[] }) {
  if (calls.length === 0) return <p className="empty">There are no such calls.</p>;
  return (
    <Table
      label="Calls"
      columns={columns}
      rows={calls}
      keyOf={({ callId, direction, startedAt }) => `${callId} ${direction} ${startedAt}`}
    />
  );
}
