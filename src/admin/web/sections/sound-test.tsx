import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FindingView } from '../../schema.ts';
import { api } from '../api.ts';
import { useLive } from '../live.ts';
import { Findings } from '../parts/findings.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';

/** Whether sound goes both ways over each interlink, one after the other: each takes a test call of some seconds. */
export function SoundTest() {
  const { interlinks } = useLive();
  const [found, setFound] = useState<readonly FindingView[]>([]);
  const connected = interlinks.filter(({ state, health }) => state === 'active' && health.colour !== 'red');
  const test = useAction(async () => {
    setFound([]);
    for (const { id } of connected) {
      const { findings } = await api.testSound(id);
      setFound((before) => [...before, ...findings]);
    }
  });
  if (connected.length === 0) return null;
  return (
    <section aria-label="Sound">
      <div className="bar">
        <h3>Sound</h3>
        <Button onPress={() => test.run()} isPending={test.running}>
          Test it on all interlinks
        </Button>
        <span className="quiet" role="status">
          {test.running ? 'Testing, by calls that ring nobody …' : ''}
        </span>
      </div>
      <ErrorNote error={test.error} />
      <Findings findings={found} all />
    </section>
  );
}
