import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FindingView } from '../../schema.ts';
import { api } from '../api.ts';
import { ErrorNote } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';

const words = { problem: 'Problem', warning: 'Warning', 'not-checked': 'Not checked', ok: 'Fine' } as const;
const order = ['problem', 'warning', 'not-checked', 'ok'] as const;

/** What doctor finds, the worst first. */
export function Problems() {
  const [times, setTimes] = useState(0);
  const { value, error } = useData(async () => ({ times, ...(await api.problems()) }), `${times}`);
  const looking = value?.times !== times && error === undefined;
  const findings = value?.findings ?? [];
  const wrong = findings.filter(({ level }) => level === 'problem' || level === 'warning');
  return (
    <>
      <div className="bar">
        <h2>Problems</h2>
        <Button onPress={() => setTimes(times + 1)} isPending={looking}>
          Look again
        </Button>
        <span role="status">
          {looking ? 'Looking …' : value && wrong.length === 0 ? 'Nothing is wrong.' : ''}
        </span>
      </div>
      <ErrorNote error={error} />
      {order.map((level) => (
        <Findings key={level} level={level} findings={findings.filter((one) => one.level === level)} />
      ))}
    </>
  );
}

interface FindingsProps {
  readonly level: FindingView['level'];
  readonly findings: readonly FindingView[];
}

function Findings({ level, findings }: FindingsProps) {
  if (findings.length === 0) return null;
  return (
    <details open={level === 'problem' || level === 'warning'}>
      <summary>
        {words[level]}: {findings.length}
      </summary>
      <ul className="findings">
        {findings.map(({ id, where, what, remedy }) => (
          <li key={`${id} ${where} ${what}`} className={level}>
            <strong>{where}</strong>: {what}. {remedy && <span className="remedy">{remedy}.</span>}{' '}
            <code>{id}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
