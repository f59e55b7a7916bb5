import type { NumberView } from '../../schema.ts';
import { api } from '../api.ts';
import { More } from '../parts/more.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { matching } from '../parts/matching.ts';
import { useAction } from '../use-action.ts';

interface OwnNumbersProps {
  readonly numbers: readonly NumberView[];
  readonly search: string;
}

export function OwnNumbers({ numbers, search }: OwnNumbersProps) {
  const found = matching(numbers, search);
  return (
    <section aria-label="Numbers of this system">
      <h3>Of this system</h3>
      <More items={found}>
        {(shown) => (
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th>Number</th>
                  <th>Name</th>
                  <th>Rings</th>
                  <th>Private: linked systems cannot reach it</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((number) => (
                  <NumberRow key={number.number} number={number} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </More>
    </section>
  );
}

function NumberRow({ number: { number, name, target, private: hidden } }: { readonly number: NumberView }) {
  const change = useAction(api.setPrivate);
  return (
    <tr>
      <td>{number}</td>
      <td>{name}</td>
      <td>{target}</td>
      <td>
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={hidden}
            disabled={change.running}
            aria-label={`${number} is private`}
            onChange={() => change.run(number, !hidden)}
          />
          {hidden ? 'private' : 'shared'}
        </label>
        <ErrorNote error={change.error} />
      </td>
    </tr>
  );
}
