import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { api } from '../api.ts';
import { midnight } from '../format.ts';
import { useLive } from '../live.ts';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';
import { useTick } from '../use-tick.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { InterlinkTable } from './interlink-table.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';

const refreshMs = 15_000;

type Open = 'new-key' | 'link' | InterlinkView;

/** All interlinks, live. */
export function Interlinks() {
  const { interlinks, changes } = useLive();
  const [open, setOpen] = useState<Open>();
  const tick = useTick(refreshMs);
  const close = (): void => setOpen(undefined);
  const since = midnight();
  const today = useData(
    () => api.usage({ since, period: 86_400, by: 'interlink' }),
    `${since} ${changes.calls}`,
  ).value;
  // Round-trip times and what is left of deleted ones; the rest comes by itself.
  const latest = useData(api.interlinks, `${changes.interlinks} ${changes.audit} ${tick}`).value;
  const forget = useAction(api.dropNotice);
  const callsToday = new Map(today?.periods.map(({ interlinkId, calls }) => [interlinkId, calls]));
  const roundTrips = new Map(latest?.interlinks.map(({ id, roundTripMs }) => [id, roundTripMs]));
  const rows = interlinks.map((interlink) => ({
    interlink,
    callsToday: callsToday.get(interlink.id) ?? 0,
    roundTripMs: roundTrips.get(interlink.id),
  }));
  return (
    <>
      <div className="bar">
        <h2>Interlinks</h2>
        <Button className="primary" onPress={() => setOpen('new-key')}>
          Generate new key
        </Button>
        <Button onPress={() => setOpen('link')}>Link to another system</Button>
      </div>
      {rows.length === 0 ? (
        <p className="empty">
          There are no interlinks yet. Generate a key and send it to the admin of the other system; or enter
          the one that you were sent.
        </p>
      ) : (
        <InterlinkTable rows={rows} onDelete={setOpen} />
      )}
      {latest?.ended.map(({ id, name, cleanUpPending, noticePending }) => (
        <p className="quiet" key={id}>
          {name} is deleted.
          {cleanUpPending && ' Its trunk and calls are cleared away once Asterisk is back.'}
          {noticePending && (
            <>
              {' The other system is told once it can be reached. '}
              <Button
                aria-label={`Do not tell the other side of ${name} any more`}
                onPress={() => forget.run(id)}
              >
                Do not tell it any more
              </Button>
            </>
          )}
        </p>
      ))}
      <ErrorNote error={forget.error} />
      {open === 'new-key' && <NewKeyDialog onClose={close} />}
      {open === 'link' && <LinkDialog onClose={close} />}
      {typeof open === 'object' && <DeleteDialog interlink={open} onClose={close} />}
    </>
  );
}
