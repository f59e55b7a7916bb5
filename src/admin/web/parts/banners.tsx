import type { System } from '../../schema.ts';
import { useLive } from '../live.ts';
import { timeText } from '../format.ts';

/** What an admin has to know on whichever section. */
export function Banners() {
  const { connected, system } = useLive();
  const refused = system?.config.refused;
  return (
    <div className="banners" role="status">
      {!connected && system !== undefined && (
        <p className="note warning">
          The service does not answer. What you see is how things were; this page goes on by itself.
        </p>
      )}
      <Disconnected what="Asterisk" from={system?.asterisk} />
      <Disconnected what="AMI" from={system?.ami} />
      {refused && (
        <p className="note error">
          The configuration file as it is now is not in force, since {timeText(refused.at)}: {refused.detail}
          {refused.notPrivate.length > 0 &&
            ` Not private, although the file says so: ${refused.notPrivate.join(', ')}.`}{' '}
          <span className="remedy">{refused.remedy}</span> <code>{refused.code}</code>
        </p>
      )}
      {(system?.config.awaitingRestart.length ?? 0) > 0 && (
        <p className="note warning">
          In force after a restart of the service: {system?.config.awaitingRestart.join(', ')}
        </p>
      )}
    </div>
  );
}

interface DisconnectedProps {
  readonly what: string;
  readonly from: System['asterisk'] | undefined;
}

/** That calls are not taken, or numbers not handed over, and why. */
function Disconnected({ what, from }: DisconnectedProps) {
  if (from === undefined || from.connected) return null;
  return (
    <p className="note error">
      {what} is not connected{from.reason === undefined ? '.' : `: ${from.reason}`}{' '}
      {from.remedy !== undefined && <span className="remedy">{from.remedy}</span>} <code>{from.code}</code>
    </p>
  );
}
