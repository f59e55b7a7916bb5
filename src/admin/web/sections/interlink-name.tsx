import { useState, type FormEvent } from 'react';
import { Button, Input, TextField } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { api } from '../api.ts';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';

/** The name of an interlink; a click makes it a field. What was typed stays when it is refused. */
export function InterlinkName({ interlink: { id, name } }: { readonly interlink: InterlinkView }) {
  /** What the admin saw, and what they typed. */
  const [edit, setEdit] = useState<{ was: string; name: string }>();
  const rename = useAction(api.rename, () => setEdit(undefined));
  if (edit === undefined) {
    return (
      <Button className="text" aria-label={`Rename ${name}`} onPress={() => setEdit({ was: name, name })}>
        {name}
      </Button>
    );
  }
  const stop = (): void => {
    rename.clear();
    setEdit(undefined);
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (edit.name === edit.was) stop();
    else rename.run(id, edit.was, edit.name);
  };
  const again = rename.error?.code === 'changed-meanwhile' && name !== edit.was;
  return (
    <form className="inline" onSubmit={save} onKeyDown={({ key }) => key === 'Escape' && stop()}>
      <TextField
        aria-label={`New name of ${edit.was}`}
        value={edit.name}
        onChange={(text) => setEdit({ ...edit, name: text })}
        autoFocus
      >
        <Input />
      </TextField>
      <Button type="submit">Save</Button>
      <Button onPress={stop}>Cancel</Button>
      <ErrorNote error={rename.error} />
      {again && (
        <Button
          onPress={() => rename.run(id, name, edit.name)}
        >{`Call "${name}" "${edit.name}" all the same`}</Button>
      )}
    </form>
  );
}
