import { useState, type FormEvent } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import type { InterlinkView } from '../../schema.ts';
import { api } from '../api.ts';
import { shortTimeText } from '../format.ts';
import { DialogBox } from '../parts/dialog.tsx';
import { ErrorNote } from '../parts/notices.tsx';
import { useAction } from '../use-action.ts';

const hour = 3600;
const lives = [
  { seconds: hour, text: '1 hour' },
  { seconds: 24 * hour, text: '1 day' },
  { seconds: 72 * hour, text: '3 days' },
  { seconds: 7 * 24 * hour, text: '1 week' },
  { seconds: 30 * 24 * hour, text: '30 days' },
];

/** Kinds of trunk; both systems must have the one chosen. */
const trunks = [
  { kind: 'usual', text: 'the usual one of this system, encrypted', chosen: {} },
  { kind: 'pjsip', text: 'SIP, encrypted', chosen: { trunk: 'pjsip' } },
  { kind: 'iax2', text: 'IAX2, encrypted', chosen: { trunk: 'iax2' } },
  { kind: 'plain', text: 'SIP, not encrypted', chosen: { plain: true } },
] as const;

/** Generates an authorization key and shows it, once. */
export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [expiresIn, setExpiresIn] = useState(72 * hour);
  const [trunk, setTrunk] = useState<(typeof trunks)[number]['kind']>('usual');
  const [made, setMade] = useState<{ key: string; interlink: InterlinkView }>();
  const generate = useAction(api.newKey, setMade);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    generate.run({ name, expiresIn, ...trunks.find(({ kind }) => kind === trunk)?.chosen });
  };
  return (
    <DialogBox
      title={made === undefined ? 'Generate new key' : `Key for ${made.interlink.name}`}
      onClose={onClose}
      isDismissable={!generate.running && made === undefined}
    >
      {made === undefined ? (
        <form onSubmit={submit}>
          <TextField value={name} onChange={setName} autoFocus isRequired>
            <Label>What to call the other system here</Label>
            <Input placeholder="Lisbon" />
          </TextField>
          <label className="field">
            The key can be entered for
            <select value={expiresIn} onChange={({ target }) => setExpiresIn(Number(target.value))}>
              {lives.map(({ seconds, text }) => (
                <option key={seconds} value={seconds}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            Calls travel over
            <select value={trunk} onChange={({ target }) => setTrunk(target.value as typeof trunk)}>
              {trunks.map(({ kind, text }) => (
                <option key={kind} value={kind}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          {trunk === 'plain' && (
            <p className="note warning">
              Whoever can listen on the way hears the calls. The other admin has to agree as well, and the
              circle will never be green.
            </p>
          )}
          <ErrorNote error={generate.error} />
          <Button type="submit" className="primary" isPending={generate.running}>
            Generate
          </Button>
        </form>
      ) : (
        <ShownKey authorizationKey={made.key} expiresAt={made.interlink.expiresAt} onClose={onClose} />
      )}
    </DialogBox>
  );
}

interface ShownKeyProps {
  readonly authorizationKey: string;
  readonly expiresAt: string | undefined;
  readonly onClose: () => void;
}

function ShownKey({ authorizationKey, expiresAt, onClose }: ShownKeyProps) {
  /** Undefined until it is tried. */
  const [copied, setCopied] = useState<boolean>();
  return (
    <>
      <p>
        Send it to the admin of the other system in a way that you trust. It works once
        {expiresAt !== undefined && `, until ${shortTimeText(expiresAt)}`}, and is shown only now.
      </p>
      <label className="field">
        Authorization key
        <textarea id="new-key" readOnly rows={4} value={authorizationKey} autoFocus />
      </label>
      <div className="bar">
        <Button className="primary" onPress={() => void copy(authorizationKey).then(setCopied)}>
          Copy
        </Button>
        <span role="status">
          {copied !== undefined && (copied ? 'Copied.' : 'It is selected: press Ctrl+C.')}
        </span>
        <Button onPress={onClose}>Done</Button>
      </div>
    </>
  );
}

/** Browsers give the clipboard to pages over TLS and on this machine only; elsewhere the text is selected. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.getElementById('new-key');
    if (field instanceof HTMLTextAreaElement) field.select();
    return false;
  }
}
