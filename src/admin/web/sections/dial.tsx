import { useState, type FormEvent } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import type { RouteView } from '../../schema.ts';
import { api } from '../api.ts';
import { useLive } from '../live.ts';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';

/** What a call would do and why: the same code as a call, and rings nobody. */
export function Dial() {
  const { interlinks } = useLive();
  const [number, setNumber] = useState('');
  const [from, setFrom] = useState('');
  const [route, setRoute] = useState<RouteView>();
  const ask = useAction(api.route, setRoute);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask.run(number.trim(), from.trim());
  };
  return (
    <>
      <h2>What happens when I dial …</h2>
      <p className="quiet">Each step of the decision, by the same rules as a call. Nobody is rung.</p>
      <form className="bar ends" onSubmit={submit}>
        <TextField value={number} onChange={setNumber} isRequired>
          <Label>Number</Label>
          <Input inputMode="tel" placeholder="201" />
        </TextField>
        <TextField value={from} onChange={setFrom}>
          <Label>From a phone or interlink (may be left out)</Label>
          <Input placeholder="PJSIP/101" list="callers" />
        </TextField>
        <datalist id="callers">
          {interlinks.map(({ id, name }) => (
            <option key={id} value={name} />
          ))}
        </datalist>
        <Button type="submit" className="primary" isPending={ask.running}>
          Show
        </Button>
      </form>
      <ErrorNote error={ask.error} />
      {route && ask.error === undefined && <Steps route={route} />}
    </>
  );
}

function Steps({ route: { dialed, outcome, summary, steps } }: { readonly route: RouteView }) {
  const reached = outcome === 'local' || outcome === 'trunk';
  return (
    <section className="card" aria-label={`The way of ${dialed}`} aria-live="polite">
      <ol className="way">
        <li className="start">{dialed} is dialed</li>
        {steps.map((step, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the same step may come twice
          <li key={`${index} ${step}`}>{step}</li>
        ))}
        <li className={reached ? 'end good' : 'end bad'}>{summary}</li>
      </ol>
    </section>
  );
}
