import { useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';

const atOnce = 200;

interface MoreProps<T> {
  readonly items: readonly T[];
  readonly children: (shown: readonly T[]) => ReactNode;
}

/** Shows the first of many, so that ten thousand are as quick as ten; more at a press. */
export function More<T>({ items, children }: MoreProps<T>) {
  const [most, setMost] = useState(atOnce);
  return (
    <>
      {children(items.slice(0, most))}
      {items.length > most && (
        <p className="quiet">
          {most.toLocaleString()} of {items.length.toLocaleString()} are shown.{' '}
          <Button onPress={() => setMost(most + atOnce)}>Show more</Button>
        </p>
      )}
    </>
  );
}
