import { useEffect, useState, type FormEvent } from 'react';
import { Button, Input, Label, TextArea, TextField } from 'react-aria-components';
import { api } from '../api.ts';
import { shortTimeText } from '../format.ts';
import { DialogBox } from '../parts/dialog.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';

const settleMs = 150;

/** Enters an authorization key; a typing mistake shows while typing. */
export function LinkDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  const [plain, setPlain] = useState(false);
  const settled = useSettled(key, settleMs);
  const link = useAction(api.link, onClose);
  const enter = (text: string): void => {
    setKey(text);
    link.clear();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    link.run({ name, key, plain });
  };
  return (
    <DialogBox title="Link to another system" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField value={name} onChange={setName} autoFocus isRequired>
          <Label>What to call the other system here</Label>
          <Input placeholder="Berlin" />
        </TextField>
        <TextField value={key} onChange={enter} isRequired>
          <Label>Authorization key</Label>
          <TextArea rows={4} placeholder="ilk1-…" spellCheck="false" autoComplete="off" />
        </TextField>
        {(plain || link.error?.code === 'trunk-unsupported') && (
          <label className="choice">
            <input type="checkbox" checked={plain} onChange={({ target }) => setPlain(target.checked)} />
            Calls over this interlink may go without encryption, if the key is for that. Whoever can listen on
            the way hears them.
          </label>
        )}
        <Button type="submit" className="primary" isPending={link.running}>
          Link
        </Button>
        {/* Last, so that the button stays where it is about to be pressed. */}
        {link.error === undefined && <KeyCheck entered={settled} />}
        <ErrorNote error={link.error} />
      </form>
    </DialogBox>
  );
}

/** Whether what was entered is a whole key. The service knows the rules; the other system is not asked. */
function KeyCheck({ entered }: { readonly entered: string }) {
  const { value, error } = useData(
    async () => (entered.trim() === '' ? undefined : { entered, ...(await api.checkKey(entered)) }),
    entered,
  );
  return (
    <div role="status">
      {error !== undefined && (
        <p className="note warning">
          {error.message} <span className="remedy">{error.remedy}</span>
        </p>
      )}
      {error === undefined && value?.entered === entered && (
        <p className={Date.parse(value.expiresAt) > Date.now() ? 'note good' : 'note warning'}>
          A whole key of {value.url}, good until {shortTimeText(value.expiresAt)}.
        </p>
      )}
    </div>
  );
}

/** The value once it has not changed for a moment. */
function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), afterMs);
    return () => window.clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
