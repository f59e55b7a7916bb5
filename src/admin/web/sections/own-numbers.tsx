import type { NumberView } from '../../schema.ts';
import { api } from '../api.ts';
import { More } from '../parts/more.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { matching } from '../parts/matching.ts';
import { Table, type Column } from '../parts/table.tsx';
import { useAction } from '../use-action.ts';

interface OwnNumbersProps {
  readonly numbers: readonly NumberView[];
  readonly search: string;
}

const columns: readonly Column<NumberView>[] = [
  { title: 'Number', cell: ({ number }) => <strong>{number}</strong> },
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Rings', cell: ({ target }) => target },
  { title: 'For linked systems', cell: (number) => <PrivacySwitch number={number} /> },
];

export function OwnNumbers({ numbers, search }: OwnNumbersProps) {
  return (
    <section aria-label="Numbers of this system">
      <h3>Of this system</h3>
      <p className="quiet">
        Linked systems reach every number that is not private. A switch counts from the next call.
      </p>
      <More items={matching(numbers, search)}>
        {(shown) => (
          <Table
            label="Numbers of this system"
            columns={columns}
            rows={shown}
            keyOf={({ number }) => number}
          />
        )}
      </More>
    </section>
  );
}

function PrivacySwitch({ number: { number, private: hidden } }: { readonly number: NumberView }) {
  const change = useAction(api.setPrivate);
  return (
    <>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={hidden}
          aria-busy={change.running}
          aria-label={`${number} is private`}
          onChange={() => change.run(number, !hidden)}
        />
        {hidden ? 'private' : 'shared'}
      </label>
      <ErrorNote error={change.error} />
    </>
  );
}
