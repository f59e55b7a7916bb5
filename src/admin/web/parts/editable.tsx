import { useState, type FormEvent } from 'react';
import { Button, Input, TextField } from 'react-aria-components';
import { useAction } from '../use-action.ts';
import { ErrorNote } from './notices.tsx';

interface EditableProps {
  /** What it is now, whoever changed it; empty: nothing. */
  readonly value: string;
  /** Shown where there is nothing. */
  readonly nothing?: string;
  /** What a click is for, with the value in it, such as `Rename Lisbon`. */
  readonly action: string;
  /** What the field is for. @param was what the admin saw */
  readonly field: (was: string) => string;
  readonly hint?: string;
  /** @param was what the admin saw, so that nobody's change is overwritten unseen */
  readonly save: (was: string, text: string) => Promise<unknown>;
  /** What is done when somebody else has changed it meanwhile, and the admin presses again. */
  readonly insist: (now: string, text: string) => string;
}

/** A text that a click makes a field. What was typed stays when it is refused. */
export function Editable({ value, nothing, action, field, hint, save, insist }: EditableProps) {
  /** What the admin saw, and what they typed. */
  const [edit, setEdit] = useState<{ readonly was: string; readonly text: string }>();
  /** Whether the focus comes back from the field. */
  const [edited, setEdited] = useState(false);
  const stop = (): void => {
    setEdit(undefined);
    setEdited(true);
  };
  const change = useAction(save, stop);
  if (edit === undefined) {
    return (
      <Button
        className={value === '' ? 'text quiet' : 'text'}
        aria-label={action}
        autoFocus={edited}
        onPress={() => setEdit({ was: value, text: value })}
      >
        {value === '' ? nothing : value}
      </Button>
    );
  }
  const cancel = (): void => {
    change.clear();
    stop();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (edit.text === edit.was) cancel();
    else change.run(edit.was, edit.text);
  };
  const again = change.error?.code === 'changed-meanwhile' && value !== edit.was;
  return (
    <form className="inline" onSubmit={submit} onKeyDown={({ key }) => key === 'Escape' && cancel()}>
      <TextField
        aria-label={field(edit.was)}
        value={edit.text}
        onChange={(text) => setEdit({ ...edit, text })}
        autoFocus
      >
        <Input size={Math.max(6, Math.min(24, edit.text.length))} />
      </TextField>
      <Button type="submit" isPending={change.running}>
        Save
      </Button>
      <Button onPress={cancel}>Cancel</Button>
      {hint !== undefined && <p className="hint">{hint}</p>}
      <ErrorNote error={change.error} />
      {again && <Button onPress={() => change.run(value, edit.text)}>{insist(value, edit.text)}</Button>}
    </form>
  );
}
