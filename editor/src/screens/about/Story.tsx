import { ChevronDown } from 'lucide-react';
import { useMemo } from 'react';
import { wordsOf } from '../../api/problem-words.ts';
import { useMe } from '../../api/session.ts';
import { Link, useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SkeletonRows } from '../../ui/States.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import type { Chapter, ListName, StoryLine } from './story.ts';
import { byDay, chapters, listsOf, storyOf, toldSoFar } from './story.ts';
import type { About } from './use-about.ts';
import { isLoading } from './use-about.ts';

const chapterLabels: Record<Chapter, string> = { all: 'All', runs: 'Runs', written: 'Written', people: 'People' };
const emptyWords: Record<Chapter, string> = {
  all: 'No run, write or decision carries this key.',
  runs: 'No run was about it.',
  written: 'Nothing was written to another system for it.',
  people: 'No task or exception that you may see is about it.',
};
const listLabels: Record<ListName, string> = {
  runs: 'Its runs',
  effects: 'What was written for it',
  tasks: 'What was asked about it',
  exceptions: 'Its exceptions',
};

/** What happened, newest first, across all systems and people. */
export function Story({ about: { lists } }: { about: About }) {
  const [search, setSearch] = useSearch();
  const ownId = useMe().user.id;
  // A reader who may not see a list is offered no chapter of it.
  const offered = chapters.filter((one) => listsOf(one).some((name) => lists[name] !== null));
  const chapter = offered.find((one) => one === search.get('show')) ?? 'all';
  const asked = listsOf(chapter).filter((name) => lists[name] !== null);

  const [runs, effects, tasks, exceptions] = [
    lists.runs?.data ?? null,
    lists.effects?.data ?? null,
    lists.tasks?.data ?? null,
    lists.exceptions?.data ?? null,
  ];
  const sources = useMemo(() => ({ runs, effects, tasks, exceptions }), [runs, effects, tasks, exceptions]);
  const lines = useMemo(() => storyOf(sources, ownId), [sources, ownId]);
  const more = {
    runs: lists.runs?.hasMore ?? false,
    effects: lists.effects?.hasMore ?? false,
    tasks: lists.tasks?.hasMore ?? false,
    exceptions: lists.exceptions?.hasMore ?? false,
  };
  const shown = toldSoFar(lines, chapter, sources, more);
  const older = asked.filter((name) => more[name]);
  const waits = asked.some((name) => isLoading(lists[name]));
  return (
    <section className="about-story" aria-labelledby="about-story">
      <div className="row spread">
        <h2 id="about-story" className="label-caps">
          What happened
        </h2>
        <Segments
          label="Show"
          value={chapter}
          onChange={(next) => setSearch({ show: next === 'all' ? null : next })}
          options={offered.map((value) => ({ value, label: chapterLabels[value] }))}
        />
      </div>
      {asked.map((name) => (
        <PartFault key={name} name={name} list={lists[name]} />
      ))}
      <div className="sheet about-story__sheet">
        {waits ? (
          <SkeletonRows rows={8} />
        ) : shown.length === 0 ? (
          <p className="muted about-story__none">{emptyWords[chapter]}</p>
        ) : (
          byDay(shown, Date.now()).map(({ day, lines: ofDay }) => (
            <section key={day} aria-label={day}>
              <h3 className="about-story__day">{day}</h3>
              <ol>
                {ofDay.map((line) => (
                  <Line key={line.id} line={line} />
                ))}
              </ol>
            </section>
          ))
        )}
        {!waits && older.length > 0 && (
          <div className="about-story__more">
            <Button
              icon={ChevronDown}
              disabled={older.some((name) => lists[name]?.loadingMore)}
              onClick={() => {
                for (const name of older) lists[name]?.loadMore();
              }}
            >
              Show older
            </Button>
          </div>
        )}
      </div>
      <p className="sr-only" aria-live="polite">
        {waits ? '' : `${shown.length} lines`}
      </p>
    </section>
  );
}

/** One part that could not be read, while the others stay. */
function PartFault({ name, list }: { name: ListName; list: About['lists'][ListName] }) {
  if (!list?.error || list.data !== undefined) return null;
  const { what, fix } = wordsOf(list.error);
  return (
    <div className="callout callout--failed row spread" role="alert">
      <span>
        <strong>{listLabels[name]} could not be read.</strong> {what} {fix}
      </span>
      <Button small onClick={() => void list.refetch()}>
        Try again
      </Button>
    </div>
  );
}

function Line({ line }: { line: StoryLine }) {
  const at = new Date(line.at);
  return (
    <li className="about-line" data-chapter={line.chapter}>
      <time dateTime={at.toISOString()} title={at.toLocaleString()} className="muted num">
        {at.toLocaleTimeString()}
      </time>
      <span className="about-line__word">
        <Badge tone={line.tone} dot>
          {line.word}
        </Badge>
      </span>
      <p className="about-line__what">
        <Link href={line.href}>{line.title}</Link>
        {line.test && (
          <>
            {' '}
            <Badge tone="accent">Test</Badge>
          </>
        )}{' '}
        <span className="muted">{line.detail}</span>
        {line.also && (
          <>
            {', '}
            <Link href={line.also.href}>{line.also.label}</Link>
          </>
        )}
      </p>
    </li>
  );
}
