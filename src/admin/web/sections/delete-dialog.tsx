import { Button } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { api } from '../api.ts';
import { useLive } from '../live.ts';
import { DialogBox } from '../parts/dialog.tsx';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';

interface DeleteDialogProps {
  /** As it was when the admin pressed. */
  readonly interlink: InterlinkView;
  readonly onClose: () => void;
}

/** Says what deleting an interlink cuts off, and deletes it. */
export function DeleteDialog({ interlink, onClose }: DeleteDialogProps) {
  const { changes } = useLive();
  const { id, name, peer } = interlink;
  const lost = useData(() => api.whatGoes(id), `${id} ${changes.calls} ${changes.remoteNumbers}`);
  const remove = useAction(api.delete, onClose);
  return (
    <DialogBox title={`Delete ${name}?`} onClose={onClose}>
      {peer === undefined ? (
        <p>Its authorization key cannot be entered any more.</p>
      ) : (
        <>
          <p>
            Neither this system nor {peer.name} reaches the other any more. It cannot be undone; to link again
            takes a new key.
          </p>
          {lost.value === undefined && lost.error === undefined && <Loading />}
          {lost.value && (
            <ul aria-label="What it cuts off">
              <li>Numbers that are dialed through it: {lost.value.numbers.toLocaleString()}</li>
              <li>Calls in progress, which end at once: {lost.value.callsInProgress.toLocaleString()}</li>
              <li>Calls of the last 30 days: {lost.value.callsOfLast30Days.toLocaleString()}</li>
            </ul>
          )}
        </>
      )}
      <ErrorNote error={remove.error ?? lost.error} />
      <div className="bar">
        <Button className="danger" isPending={remove.running} onPress={() => remove.run(id)}>
          Delete
        </Button>
        <Button onPress={onClose} autoFocus>
          Keep it
        </Button>
      </div>
    </DialogBox>
  );
}
