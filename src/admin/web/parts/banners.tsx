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
      {system?.asterisk.connected === false && (
        <p className="note error">
          Asterisk is not connected
          {system.asterisk.reason === undefined ? '.' : `: ${system.asterisk.reason}.`}
        </p>
      )}
      {system?.ami.connected === false && (
        <p className="note warning">
          AMI is not connected{system.ami.reason === undefined ? '.' : `: ${system.ami.reason}.`}
        </p>
      )}
      {refused && (
        <p className="note error">
          The configuration file as it is now is not in force, since {timeText(refused.at)}: {refused.detail}{' '}
          <span className="remedy">{refused.remedy}</span>
          {refused.notPrivate.length > 0 &&
            ` Not private, although the file says so: ${refused.notPrivate.join(', ')}.`}
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
