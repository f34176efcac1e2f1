/** What must hold of an outside log, whatever was killed when. Pure. */
import { itemsPerFanOut } from './flows.ts';
import type { OutsideLine } from './outside-log.ts';

export interface Verdict {
  effects: number;
  /** Repeated because the kill came between the effect and its outcome: the window nobody can close. */
  repeatedInFlight: number;
  /** Of a frozen process that woke up: a call it had sent before still arrived, under the key it always had. */
  late: number;
  /** Each a sentence; none in a sound engine. */
  violations: string[];
}

interface Seen {
  keys: Set<string>;
  times: number;
  isOver: boolean;
}

/**
 * @param frozen process id of one that was stopped while another took over. No lease can call back a request that is on
 * its way; only a system that takes a key refuses it. Nothing else of it may count.
 */
export function verdictOf(lines: readonly OutsideLine[], frozen?: number): Verdict {
  const violations: string[] = [];
  const takeover = lines.findIndex(({ by }) => frozen !== undefined && by !== frozen);
  let late = 0;
  const effects = new Map<string, Seen>();
  const runOfEvent = new Map<string, string>();
  /** The newest event that was done, by ordering key. */
  const reached = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const isLate = takeover >= 0 && index > takeover && line.by === frozen;
    if (line.t === 'started') {
      const first = runOfEvent.get(line.event);
      if (first !== undefined && first !== line.run) violations.push(`${line.event} started ${first} and ${line.run}`);
      runOfEvent.set(line.event, line.run);
      continue;
    }
    const name = `${line.run} ${line.step}`;
    const seen = effects.get(name);
    if (line.t === 'outcome') {
      if (seen) seen.isOver = true;
      continue;
    }
    if (isLate && seen?.keys.has(line.key) && line.safety !== 'keyed') {
      late += 1;
      continue;
    }
    if (seen?.isOver) violations.push(`${name} was repeated after its outcome was durable`);
    if (seen && !seen.keys.has(line.key)) violations.push(`${name} was sent under two keys`);
    if (seen && line.safety !== 'natural') violations.push(`${name} is ${line.safety} and was done twice`);
    effects.set(name, {
      keys: new Set([...(seen?.keys ?? []), line.key]),
      times: (seen?.times ?? 0) + 1,
      isOver: seen?.isOver ?? false,
    });
    if (line.step === 'book' && line.subject) {
      const { key, n } = line.subject;
      const last = reached.get(key) ?? -1;
      if (n !== last && n !== last + 1) violations.push(`${key} did ${n} after ${last}`);
      reached.set(key, Math.max(last, n));
    }
  }
  return {
    effects: effects.size,
    repeatedInFlight: [...effects.values()].filter(({ times }) => times > 1).length,
    late,
    violations: [...violations, ...gapsOf(effects, runOfEvent)],
  };
}

/** Once all is over, every acknowledged event has had all of its effects. */
function gapsOf(effects: ReadonlyMap<string, Seen>, runOfEvent: ReadonlyMap<string, string>): string[] {
  return [...runOfEvent].flatMap(([event, run]) =>
    stepsOf(event).flatMap((step) => (effects.has(`${run} ${step}`) ? [] : [`${event} never had its effect ${step}`])),
  );
}

function stepsOf(event: string): string[] {
  switch (event.slice(0, event.indexOf(':'))) {
    case 'effects':
      return ['a', 'b', 'c'];
    case 'once':
      return ['only'];
    case 'ordered':
      return ['book'];
    case 'later':
      return ['act'];
    default:
      return [...Array.from({ length: itemsPerFanOut }, (_, index) => `each[${index}]/one`), 'after'];
  }
}
