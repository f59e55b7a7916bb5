import { useState } from 'react';
import { Button } from 'react-aria-components';
import { api } from '../api.ts';
import { Findings } from '../parts/findings.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';
import { SoundTest } from './sound-test.tsx';

/** What doctor finds. */
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
      <Findings findings={findings} />
      <SoundTest />
    </>
  );
}
