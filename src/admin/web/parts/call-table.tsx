import type { CallView } from '../../call-schema.ts';
import { durationText, timeText } from '../format.ts';

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
export function outcomeText({ endedAt, answeredAt, outcome, cause }: CallView): string {
  if (endedAt === undefined) return answeredAt === undefined ? 'ringing' : 'in progress';
  if (outcome === undefined) return 'ended';
  return outcome === 'failed' && cause !== undefined ? `failed (cause ${cause})` : outcomes[outcome];
}

export function CallTable({ calls }: { readonly calls: readonly CallView[] }) {
  if (calls.length === 0) return <p>There are no such calls.</p>;
  return (
    <div className="scroll">
      <table aria-label="Calls">
        <thead>
          <tr>
            <th>Time</th>
            <th>Direction</th>
            <th>From</th>
            <th>Dialed</th>
            <th>Interlink</th>
            <th className="number">Rang after</th>
            <th className="number">Talked</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={`${call.callId} ${call.direction} ${call.startedAt}`}>
              <td>{timeText(call.startedAt)}</td>
              <td>{directions[call.direction]}</td>
              <td>{call.caller ?? <span className="quiet">private</span>}</td>
              <td>{call.dialed}</td>
              <td>{call.interlink}</td>
              <td className="number">
                {call.postDialDelayMs === undefined ? '–' : durationText(call.postDialDelayMs)}
              </td>
              <td className="number">
                {call.durationMs === undefined ? '–' : durationText(call.durationMs)}
              </td>
              <td className={call.endedAt === undefined ? 'live' : undefined}>{outcomeText(call)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
