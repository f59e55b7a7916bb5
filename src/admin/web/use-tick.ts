import { useEffect, useState } from 'react';

/** A number that goes up every so often. */
export function useTick(everyMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setTick((before) => before + 1), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return tick;
}
