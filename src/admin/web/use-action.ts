import { useEffect, useRef, useState } from 'react';
import { errorOf, type ApiError } from './api.ts';

export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => void;
  readonly running: boolean;
  readonly error: ApiError | undefined;
  readonly clear: () => void;
}

/**
 * Something an admin does, one at a time, with what went wrong.
 *
 * @param onDone not called once what began it is gone from the page, as a dialog that was closed meanwhile
 */
export function useAction<Args extends readonly unknown[], T>(
  act: (...args: Args) => Promise<T>,
  onDone: (answer: T) => void = () => undefined,
): Action<Args> {
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);
  const run = (...args: Args): void => {
    if (running) return;
    setRunning(true);
    setError(undefined);
    act(...args)
      .then(
        (answer) => shown.current && onDone(answer),
        (thrown: unknown) => setError(errorOf(thrown)),
      )
      .finally(() => setRunning(false));
  };
  return { run, running, error, clear: () => setError(undefined) };
}
