import { Button } from 'react-aria-components';
import type { UsageView } from '../../call-schema.ts';
import { api } from '../api.ts';
import { durationOrNone, durationText, midnight } from '../format.ts';
import { More } from '../parts/more.tsx';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { useData } from '../use-data.ts';
import { useTick } from '../use-tick.ts';
import type { Filters } from './call-filters.tsx';

/** Counting takes the service a moment. */
const refreshMs = 15_000;
const daySeconds = 86_400;

interface UsageTableProps {
  readonly by: 'interlink' | 'number';
  readonly filters: Filters;
  /** Asks for the calls of one of them. */
  readonly onChoose: (chosen: Partial<Filters>) => void;
}

/** What each interlink or each number was used for, the busiest first. */
export function UsageTable({ by, filters: { days, interlink, number }, onChoose }: UsageTableProps) {
  const tick = useTick(refreshMs);
  // One period that is surely long enough.
  const period = (days + 2) * daySeconds;
  const query = {
    since: midnight(days),
    period,
    by,
    interlink: interlink || undefined,
    number: number || undefined,
  };
  const { value, error } = useData(() => api.usage(query), `${tick} ${JSON.stringify(query)}`);
  if (value === undefined) return error === undefined ? <Loading /> : <ErrorNote error={error} />;
  const busiest = value.periods.toSorted((one, other) => other.calls - one.calls);
  const columns = [by === 'interlink' ? interlinkColumn(onChoose) : numberColumn(onChoose), ...figures];
  return (
    <>
      <ErrorNote error={error} />
      {busiest.length === 0 && <p className="empty">There are no such calls.</p>}
      <More items={busiest}>
        {(shown) =>
          shown.length > 0 && (
            <Table
              label={`Usage by ${by}`}
              columns={columns}
              rows={shown}
              keyOf={(usage) => usage.interlinkId ?? usage.number ?? ''}
            />
          )
        }
      </More>
    </>
  );
}

type OnChoose = UsageTableProps['onChoose'];

const numberColumn = (onChoose: OnChoose): Column<UsageView> => ({
  title: 'Number of this system',
  cell: ({ number }) =>
    number === undefined ? (
      <span className="quiet">a phone without a number</span>
    ) : (
      <Choice text={number} onPress={() => onChoose({ number })} />
    ),
});

const interlinkColumn = (onChoose: OnChoose): Column<UsageView> => ({
  title: 'Interlink',
  cell: ({ interlink, interlinkId = '' }) =>
    interlink === undefined ? (
      <span className="quiet">none: within this system, or to nobody</span>
    ) : (
      <Choice text={interlink} onPress={() => onChoose({ interlink: interlinkId })} />
    ),
});

function Choice({ text, onPress }: { readonly text: string; readonly onPress: () => void }) {
  return (
    <Button className="text link" aria-label={`Calls of ${text}`} onPress={onPress}>
      {text}
    </Button>
  );
}

const figures: readonly Column<UsageView>[] = [
  { title: 'Calls', figures: true, cell: ({ calls }) => calls.toLocaleString() },
  { title: 'Not put through', figures: true, cell: ({ failed }) => failed.toLocaleString() },
  { title: 'Talked', figures: true, cell: ({ talkedMs }) => durationText(talkedMs) },
  {
    title: 'Rang after, mean',
    figures: true,
    cell: ({ postDialDelayMs }) => durationOrNone(postDialDelayMs),
  },
  {
    title: 'At most',
    figures: true,
    cell: ({ longestPostDialDelayMs }) => durationOrNone(longestPostDialDelayMs),
  },
];
