import type { RemoteNumbersView, RemoteNumberView } from '../../schema.ts';
import { count, timeText } from '../format.ts';
import { matching } from '../parts/matching.ts';
import { More } from '../parts/more.tsx';
import { Table, type Column } from '../parts/table.tsx';

type RemoteNumbersProps = RemoteNumbersView & { readonly search: string };

const columns: readonly Column<RemoteNumberView>[] = [
  { title: 'Number', cell: ({ number }) => <strong>{number}</strong> },
  { title: 'Name', cell: ({ name }) => name },
  {
    title: 'Interlink',
    cell: ({ interlink, away }) => (
      <>
        {interlink}
        {away && <span className="quiet"> (away)</span>}
      </>
    ),
  },
  {
    title: 'Who dials it here',
    cell: (one) => <span className={one.reach === 'dialable' ? undefined : 'warning'}>{reachText(one)}</span>,
  },
];

/** What linked systems share, and who wins where two have the same number. */
export function RemoteNumbers({ numbers, directories, search }: RemoteNumbersProps) {
  return (
    <section aria-label="Numbers of linked systems">
      <h3>Of linked systems</h3>
      {numbers.length === 0 && <p className="quiet">Linked systems share no numbers with this one.</p>}
      {directories
        .filter(({ current }) => !current)
        .map(({ interlink, numbers: known, receivedAt }) => (
          <p className="quiet" key={interlink}>
            {receivedAt === undefined
              ? `${interlink} has not said yet what it shares.`
              : `${interlink}: ${count(known, 'number')} as of ${timeText(receivedAt)}; there may be a newer list.`}
          </p>
        ))}
      <More items={matching(numbers, search)}>
        {(shown) =>
          shown.length > 0 && (
            <Table
              label="Numbers of linked systems"
              columns={columns}
              rows={shown}
              keyOf={({ number, interlink }) => `${number} ${interlink}`}
            />
          )
        }
      </More>
    </section>
  );
}

function reachText({ number, reach, winner, dial }: RemoteNumberView): string {
  const instead = dial === undefined ? '' : `; ${dial} reaches this one`;
  switch (reach) {
    case 'dialable':
      return dial === number ? 'reaches it' : `dials ${dial}`;
    case 'local-wins':
      return `gets the ${number} of this system, which always wins${instead}`;
    case 'interlink-wins':
      return `gets ${winner}, which was linked earlier or answers${instead}`;
    case 'not-dialable':
      return `does not get it: an emergency number here, or of another length${instead}`;
  }
}
