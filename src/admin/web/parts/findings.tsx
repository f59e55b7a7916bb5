import type { FindingView } from '../../schema.ts';
import { withLocalTimes } from '../format.ts';

const words = { problem: 'Problem', warning: 'Warning', 'not-checked': 'Not checked', ok: 'Fine' } as const;
const order = ['problem', 'warning', 'not-checked', 'ok'] as const;

interface FindingsProps {
  readonly findings: readonly FindingView[];
  /** Whether what is fine is shown as well, without a press. */
  readonly all?: boolean;
}

/** What doctor found, the worst first. */
export function Findings({ findings, all = false }: FindingsProps) {
  return order.map((level) => {
    const found = findings.filter((one) => one.level === level);
    if (found.length === 0) return null;
    return (
      <details className="card" key={level} open={all || level === 'problem' || level === 'warning'}>
        <summary>
          {words[level]}: {found.length}
        </summary>
        <ul className="findings">
          {found.map(({ id, where, what, remedy }) => (
            <li key={`${id} ${where} ${what}`} className={level}>
              <strong>{where}</strong>: {withLocalTimes(what)}.{' '}
              {remedy && <span className="remedy">{remedy}.</span>} <code>{id}</code>
            </li>
          ))}
        </ul>
      </details>
    );
  });
}
