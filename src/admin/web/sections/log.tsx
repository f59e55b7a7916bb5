import { api } from '../api.ts';
import { timeText } from '../format.ts';
import { useLive } from '../live.ts';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';

const actions: Readonly<Record<string, string>> = {
  'configuration-changed': 'was changed',
  'interlink-connected': 'connected',
  'interlink-changed': 'changed an interlink',
  'interlink-deleted': 'deleted an interlink',
  'key-entered': 'entered a key',
  'key-generated': 'generated a key',
  'number-changed': 'changed a number',
  'signed-in': 'signed in',
  'sign-in-link-made': 'made a sign-in link',
  'token-created': 'made a token',
  'token-revoked': 'revoked a token',
};

/** Who changed what and when, the newest first. */
export function Log() {
  const { changes } = useLive();
  const { value, error } = useData(api.audit, `${changes.interlinks} ${changes.numbers}`);
  return (
    <>
      <h2>Log</h2>
      <ErrorNote error={error} />
      {value === undefined ? (
        <Loading />
      ) : (
        <div className="scroll">
          <table aria-label="Who changed what">
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>Of what</th>
                <th>Outcome</th>
              </tr>
            </thead>
            <tbody>
              {value.entries.map(({ at, who, action, subject, failure }, index) => (
                <tr key={`${at} ${action} ${String(index)}`}>
                  <td>{timeText(at)}</td>
                  <td>{who}</td>
                  <td>{actions[action] ?? action}</td>
                  <td>{subject}</td>
                  <td>{failure === undefined ? 'done' : <code>{failure}</code>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
