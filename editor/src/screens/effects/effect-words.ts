import type { Effect } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';
import { plainWords } from '../../ui/plain-words.ts';

/** A word, a tone and a sentence per state of an effect. */
export const effectLooks: Record<Effect['state'], { label: string; tone: Tone | undefined; about: string }> = {
  planned: { label: 'Planned', tone: 'waiting', about: 'Nothing was sent yet: the system is not called now.' },
  sent: { label: 'Sent', tone: 'running', about: 'Sent; the answer is awaited.' },
  unknown: { label: 'Unknown', tone: 'doubt', about: 'It may have happened; nobody knows yet.' },
  confirmed: { label: 'Written', tone: 'done', about: 'The other system confirmed it.' },
  refused: { label: 'Not written', tone: 'failed', about: 'The other system did not take it, or the run gave it up.' },
  reversed: { label: 'Taken back', tone: 'skipped', about: 'It was written, then undone.' },
  skipped: { label: 'Skipped', tone: 'skipped', about: 'A person went on without it.' },
  reused: { label: 'Reused', tone: 'accent', about: 'An earlier run had written it; nothing was sent again.' },
};

/** The order in which people look for trouble. */
export const effectOrder: readonly Effect['state'][] = [
  'unknown',
  'planned',
  'sent',
  'refused',
  'confirmed',
  'reused',
  'reversed',
  'skipped',
];

/** How a step is safe to repeat, in words. Pure. */
export function safetyWords(safety: Effect['safety']): string {
  switch (safety) {
    case 'natural':
      return 'Sending it twice changes nothing.';
    case 'key':
      return 'The other system knows it by its key and takes it once.';
    case 'probe':
      return 'Before it is sent again, Waybill looks whether it is there.';
    case 'none':
      return 'Cannot be told apart from a second one; a person decides when in doubt.';
    default:
      return safety satisfies never;
  }
}

/** The system it went to, as people call it. Pure. */
export const systemWords = ({ connection }: Pick<Effect, 'connection'>): string =>
  connection === null ? 'No connection' : (connection.name ?? connection.binding);

/** What there is to say about an effect besides its state. Pure. */
export const noteWords = ({ note, state, connection }: Pick<Effect, 'note' | 'state' | 'connection'>): string => {
  if (note) return plainWords(note);
  // Without a connection it was written here: a link in the crosswalk, an event.
  return connection === null && state === 'confirmed' ? 'Kept in Waybill.' : effectLooks[state].about;
};

/** The story of a business object: what was first written first. Pure. */
export const inOrder = (effects: readonly Effect[]): Effect[] =>
  effects.toSorted((a, b) => a.firstAt - b.firstAt || (a.effectKey < b.effectKey ? -1 : 1));
