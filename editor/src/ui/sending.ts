import { useRef, useState } from 'react';
import { wordsOf } from '../api/problem-words.ts';
import { focusFirstFault } from './reveal.ts';

/** Where the sending of a form stands. */
export interface Sending {
  /** Somebody wanted to send it: from now on its faults are shown. */
  tried: boolean;
  busy: boolean;
  /** Why the last try failed, in words. */
  problem: string | null;
  /** Does it once at a time; if the form is not sound, the keyboard goes to the first field at fault instead. */
  send(isSound: boolean, perform: () => Promise<unknown>): void;
}

/** The life of one form: tried, under way, failed. What `perform` throws is kept as words, and the form stays. */
export function useSending(): Sending {
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // State is as it was drawn; two presses before the next drawing must not send twice.
  const isUnderWay = useRef(false);
  const sendOnce = async (perform: () => Promise<unknown>) => {
    isUnderWay.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await perform();
    } catch (error) {
      const { what, fix } = wordsOf(error);
      setProblem(`${what} ${fix}`);
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  };
  return {
    tried,
    busy,
    problem,
    send(isSound, perform) {
      setTried(true);
      if (isUnderWay.current) return;
      if (isSound) void sendOnce(perform);
      else focusFirstFault();
    },
  };
}
