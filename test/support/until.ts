import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again until the answer is the wanted one. For outside views of another process, which nothing announces.
 * @returns the first answer that is not null, undefined or false.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  { withinMs = 120_000, everyMs = 50 } = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  let last: unknown = null;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  }
  throw new Error(`Waited ${withinMs} ms for ${what}.`, { cause: last });
}
