import { useEffect, useRef, useState } from 'react';
import { errorOf, type ApiError } from './api.ts';

const mostRestMs = 1000;

export interface Data<T> {
  /** The latest answer; it stays while a newer one is asked for, or cannot be had. */
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
}

/**
 * Asks the service, and asks again when the key changes: one question at a time, and none for as long as the last
 * answer took, a second at most, so that a storm of changes does not become one of questions.
 *
 * @param key what the answer depends on, such as the query and a count of changes
 */
export function useData<T>(ask: () => Promise<T>, key: string): Data<T> {
  const [data, setData] = useState<Data<T>>({ value: undefined, error: undefined });
  const latest = useRef({ ask, key });
  const asking = useRef(false);
  useEffect(() => {
    latest.current = { ask, key };
  });
  useEffect(() => {
    if (asking.current) return;
    asking.current = true;
    void untilCurrent(latest, setData, () => {
      asking.current = false;
    });
  }, [key]);
  return data;
}

export interface Question<T> {
  readonly ask: () => Promise<T>;
  readonly key: string;
}

/** Asks until the question has not changed meanwhile. */
export async function untilCurrent<T>(
  latest: { readonly current: Question<T> },
  show: (change: (before: Data<T>) => Data<T>) => void,
  done: () => void,
): Promise<void> {
  for (;;) {
    const { ask, key } = latest.current;
    const began = performance.now();
    try {
      const value = await ask();
      show(() => ({ value, error: undefined }));
    } catch (thrown) {
      show(({ value }) => ({ value, error: errorOf(thrown) }));
    }
    const restMs = Math.min(performance.now() - began, mostRestMs);
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (latest.current.key === key) return done();
  }
}
