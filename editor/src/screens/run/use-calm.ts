import { useEffect, useRef, useState } from 'react';
import { paced } from '../../api/pacing.ts';

/** The newest value, but each for at least `leastMs`, so that it can be read. What comes last is never left out. */
export function useCalm<T>(newest: T, leastMs: number): T {
  const [shown, setShown] = useState(newest);
  const latest = useRef(newest);
  latest.current = newest;
  const [show] = useState(() => paced(() => setShown(latest.current), leastMs));
  useEffect(() => {
    if (newest !== shown) show();
  }, [newest, shown, show]);
  return shown;
}
