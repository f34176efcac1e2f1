/** What happened to one business object, told from its runs, writes, tasks and exceptions. Pure but for the locale. */
import type { Effect, Exception, RunSummaryView, Task } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';
import { statusLooks } from '../../ui/Badge.tsx';
import { plainWords } from '../../ui/plain-words.ts';
import { effectLooks, noteWords, systemWords } from '../effects/effect-words.ts';
import { historyWords } from '../exceptions/exception-words.ts';
import { askedWords } from '../inbox/task-words.ts';
import { standsAt, starterWords, versionWords } from '../runs/run-words.ts';

export const chapters = ['all', 'runs', 'written', 'people'] as const;
export type Chapter = (typeof chapters)[number];

export interface StoryLine {
  id: string;
  /** Epoch ms. */
  at: number;
  chapter: Exclude<Chapter, 'all'>;
  tone: Tone | undefined;
  /** What happened, in a word. */
  word: string;
  /** To what: leads to its screen. */
  title: string;
  href: string;
  /** By whom, and how. */
  detail: string;
  /** Where it began: the run that this one repeats. */
  also: { label: string; href: string } | null;
  test: boolean;
}

/** As much of each list as is loaded, newest first; null where the reader may not see it, or it could not be read. */
export interface Sources {
  runs: readonly RunSummaryView[] | null;
  effects: readonly Effect[] | null;
  tasks: readonly Task[] | null;
  exceptions: readonly Exception[] | null;
}

const runAddress = (id: string): string => `/runs/${encodeURIComponent(id)}`;
const momentWords = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const sentence = (...parts: (string | null)[]): string => parts.filter(Boolean).join(' · ');

type Told = Omit<StoryLine, 'chapter' | 'also' | 'test'> & Partial<Pick<StoryLine, 'also' | 'test'>>;
const inChapter =
  (chapter: StoryLine['chapter']) =>
  (told: Told): StoryLine => ({ also: null, test: false, chapter, ...told });

function toldOfRun(run: RunSummaryView, ownId: string, known: ReadonlyMap<string, RunSummaryView>): Told[] {
  const common = { title: `${run.flowName} ${versionWords(run)}`, href: runAddress(run.id), test: run.mode === 'test' };
  const root = run.replayRoot === null ? null : known.get(run.replayRoot);
  const also = run.replayRoot === null ? null : { label: repeatWords(root), href: runAddress(run.replayRoot) };
  const { label, tone } = statusLooks[run.status];
  return [
    {
      ...common,
      id: `${run.id} now`,
      at: run.finishedAt ?? run.updatedAt,
      word: label,
      tone,
      detail: standsAt(run),
    },
    {
      ...common,
      id: `${run.id} begin`,
      at: run.acceptedAt,
      word: 'Started',
      tone: undefined,
      detail: `by ${starterWords(run, ownId)}`,
      also,
    },
  ];
}

const repeatWords = (root: RunSummaryView | null | undefined): string =>
  root ? `repeats the run of ${momentWords(root.acceptedAt)}` : 'repeats an earlier run';

function toldOfEffect(effect: Effect): Told {
  const { label, tone } = effectLooks[effect.state];
  return {
    id: effect.effectKey,
    at: effect.updatedAt,
    word: label,
    tone,
    title: effect.nodeTitle,
    href: `${runAddress(effect.runId)}?${new URLSearchParams({ step: effect.step })}`,
    // That it was confirmed is what the word says.
    detail:
      effect.state === 'confirmed' && effect.connection !== null && !effect.note
        ? systemWords(effect)
        : sentence(effect.connection === null ? null : systemWords(effect), noteWords(effect)),
    test: effect.mode === 'test',
  };
}

const outcomeTones = { positive: 'done', negative: 'failed', neutral: 'accent' } as const;

function toldOfTask(task: Task): Told[] {
  const common = { title: task.title, href: `/inbox/${encodeURIComponent(task.id)}?view=all` };
  const decided = task.decisions.map((decision, index): Told => {
    const outcome = task.outcomes.find(({ name }) => name === decision.outcome);
    const who = decision.for ? `${decision.byName} for ${decision.for.name}` : decision.byName;
    return {
      ...common,
      id: `${task.id} decision ${index}`,
      at: decision.at,
      word: 'Decided',
      tone: outcomeTones[outcome?.tone ?? 'neutral'],
      detail: sentence(
        `${who} chose ${outcome?.label ?? decision.outcome}`,
        decision.comment === null ? null : `“${decision.comment}”`,
      ),
    };
  });
  const undecided =
    task.closedAt === null || task.status === 'open' || task.status === 'decided'
      ? []
      : [
          {
            ...common,
            id: `${task.id} end`,
            at: task.closedAt,
            word: statusLooks[task.status].label,
            tone: statusLooks[task.status].tone,
            detail:
              task.status === 'expired'
                ? 'Nobody decided in time'
                : 'No longer asked: its run went on without it or was ended',
          },
        ];
  const asked: Told = {
    ...common,
    id: `${task.id} asked`,
    at: task.openedAt,
    word: 'Asked',
    tone: task.status === 'open' ? 'waiting' : undefined,
    detail: `asked of ${askedWords(task)}`,
  };
  return [...undecided, ...decided.reverse(), asked];
}

/** What closes a problem although nobody says that it did. */
const closings: ReadonlySet<string> = new Set(['auto-resolved', 'cancel-run']);

function toldOfException(exception: Exception): Told[] {
  const { id, closedAt, status, done } = exception;
  const common = { title: exception.title, href: `/exceptions/${encodeURIComponent(id)}?view=list` };
  const last = done.at(-1);
  const wasLast = closedAt !== null && last !== undefined && (status === 'decided' || closings.has(last.kind));
  const acts = done.map(
    ({ at, byName, kind, text }, index): Told => ({
      ...common,
      id: `${id} act ${index}`,
      at,
      ...(wasLast && index === done.length - 1
        ? { word: 'Closed', tone: 'done' as const }
        : { word: 'Handled', tone: 'accent' as const }),
      // What was entered follows line by line; its screen has it.
      detail: sentence(`${byName} ${historyWords[kind] ?? kind}`, text === null ? null : (text.split('\n')[0] ?? null)),
    }),
  );
  const ended: Told[] =
    closedAt === null || wasLast
      ? []
      : [
          {
            ...common,
            id: `${id} end`,
            at: closedAt,
            word: 'Closed',
            tone: 'skipped',
            detail: 'It ended with its run',
          },
        ];
  const opened: Told = {
    ...common,
    id: `${id} opened`,
    at: exception.openedAt,
    word: 'Exception',
    tone: 'failed',
    detail: sentence(
      exception.stepTitle && `at ${exception.stepTitle}`,
      exception.owners.length > 0 ? `for ${exception.owners.join(', ')}` : null,
    ),
  };
  return [...ended, ...acts.reverse(), opened];
}

/**
 * All that the loaded lists tell, newest first, each once. Of what happened in the same millisecond the effect stands over its cause.
 * @param ownId of the reader.
 */
export function storyOf({ runs, effects, tasks, exceptions }: Sources, ownId: string): StoryLine[] {
  const known = new Map(runs?.map((run) => [run.id, run]));
  const ofRuns = (runs ?? []).flatMap((run) => toldOfRun(run, ownId, known));
  const begun = (line: Told) => line.id.endsWith(' begin');
  const people = [
    ...(exceptions ?? []).flatMap(toldOfException),
    ...(tasks ?? []).filter(({ exceptionClass }) => exceptionClass === null).flatMap(toldOfTask),
  ];
  // The sort is stable: this is the order of what happened at once.
  const lines = [
    ...ofRuns.filter((line) => !begun(line)).map(inChapter('runs')),
    ...people.map(inChapter('people')),
    ...(effects ?? []).map(toldOfEffect).map(inChapter('written')),
    ...ofRuns.filter(begun).map(inChapter('runs')),
  ];
  return lines
    .map((line) => ({ ...line, title: plainWords(line.title), detail: plainWords(line.detail) }))
    .sort((a, b) => b.at - a.at);
}

/** A list that has more than is loaded, by the moment of the last loaded item. */
const endOf = (at: number | undefined, hasMore: boolean): number => (hasMore && at !== undefined ? at : -Infinity);

const lists = ['runs', 'effects', 'tasks', 'exceptions'] as const;
export type ListName = (typeof lists)[number];

/** The lists that a chapter is told from. Pure. */
export function listsOf(chapter: Chapter): readonly ListName[] {
  if (chapter === 'runs') return ['runs'];
  if (chapter === 'written') return ['effects'];
  return chapter === 'people' ? ['tasks', 'exceptions'] : lists;
}

/** What can be told of a chapter without a gap: no further back than every list of it is loaded. Pure. */
export function toldSoFar(
  lines: readonly StoryLine[],
  chapter: Chapter,
  sources: Sources,
  hasMore: Readonly<Record<ListName, boolean>>,
): StoryLine[] {
  const ends: Record<ListName, number> = {
    runs: endOf(sources.runs?.at(-1)?.acceptedAt, hasMore.runs),
    effects: endOf(sources.effects?.at(-1)?.updatedAt, hasMore.effects),
    tasks: endOf(sources.tasks?.at(-1)?.openedAt, hasMore.tasks),
    exceptions: endOf(sources.exceptions?.at(-1)?.openedAt, hasMore.exceptions),
  };
  const horizon = Math.max(...listsOf(chapter).map((name) => ends[name]));
  return lines.filter((line) => (chapter === 'all' || line.chapter === chapter) && line.at >= horizon);
}

/** The lines by day, in the reader's own time; days in the order of the lines. */
export function byDay(lines: readonly StoryLine[], now: number): { day: string; lines: StoryLine[] }[] {
  const today = new Date(now).toDateString();
  const groups = Map.groupBy(lines, ({ at }) => new Date(at).toDateString());
  return [...groups].map(([date, ofDay]) => ({
    day: date === today ? 'Today' : new Date(ofDay[0]?.at ?? now).toLocaleDateString(undefined, { dateStyle: 'full' }),
    lines: ofDay,
  }));
}
