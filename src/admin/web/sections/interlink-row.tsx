import { Button } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { shortTimeText, withLocalTimes } from '../format.ts';
import { Circle } from '../parts/circle.tsx';
import { InterlinkName } from './interlink-name.tsx';

interface InterlinkRowProps {
  readonly interlink: InterlinkView;
  readonly callsToday: number;
  readonly roundTripMs: number | undefined;
  readonly onDelete: () => void;
}

export function InterlinkRow({ interlink, callsToday, roundTripMs, onDelete }: InterlinkRowProps) {
  const { name, health, peer, trunk, prefix, createdAt, activatedAt, expiresAt } = interlink;
  return (
    <tr data-interlink={interlink.id}>
      <td>
        <Circle colour={health.colour} /> {withLocalTimes(health.reason)}
      </td>
      <td>
        <InterlinkName interlink={interlink} />
        {prefix !== undefined && <span className="quiet"> prefix {prefix}</span>}
      </td>
      <td>{peer === undefined ? <span className="quiet">not connected yet</span> : peer.name}</td>
      <td>
        {shortTimeText(activatedAt ?? createdAt)}
        {activatedAt === undefined && expiresAt !== undefined && (
          <span className="quiet"> key until {shortTimeText(expiresAt)}</span>
        )}
      </td>
      <td>
        {trunk.kind.toUpperCase()}
        {peer !== undefined && (trunk.encrypted ? ', encrypted' : ', ')}
        {peer !== undefined && !trunk.encrypted && <strong className="unencrypted">not encrypted</strong>}
      </td>
      <td className="number">{callsToday.toLocaleString()}</td>
      <td className="number">
        {roundTripMs === undefined || health.colour === 'red' ? '–' : `${roundTripMs.toFixed(0)} ms`}
      </td>
      <td>
        <Button className="icon" aria-label={`Delete ${name}`} onPress={onDelete}>
          ✕
        </Button>
      </td>
    </tr>
  );
}
