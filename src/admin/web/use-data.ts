import { useEffect, useState } from 'react';
import { errorOf, type ApiError } from './api.ts';

export interface Data<T> {
  /** The latest answer; it stays while a newer one is asked for, or cannot be had. */
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
}

/**
 * Asks the service, and asks again when the key changes.
 *
 * @param key what the answer depends on, such as the query and a count of changes
 */
export function useData<T>(ask: () => Promise<T>, key: string): Data<T> {
  const [data, setData] = useState<Data<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    let current = true;
    ask().then(
      (value) => current && setData({ value, error: undefined }),
      (thrown: unknown) => current && setData(({ value }) => ({ value, error: errorOf(thrown) })),
    );
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that the question depends on
  }, [key]);
  return data;
}

export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => void;
  readonly running: boolean;
  readonly error: ApiError | undefined;
  readonly clear: () => void;
}

/** Something an admin does, one at a time, with what went wrong. */
export function useAction<Args extends readonly unknown[], T>(
  act: (...args: Args) => Promise<T>,
  onDone: (answer: T) => void = () => undefined,
): Action<Args> {
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = (...args: Args): void => {
    if (running) return;
    setRunning(true);
    setError(undefined);
    act(...args)
      .then(onDone, (thrown: unknown) => setError(errorOf(thrown)))
      .finally(() => setRunning(false));
  };
  return { run, running, error, clear: () => setError(undefined) };
}
