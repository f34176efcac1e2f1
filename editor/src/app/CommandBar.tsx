import type { FlowSummary, RunSummaryView } from '@waybill/api-contract';
import { BookOpenText, CornerDownLeft, ListFilter, Play, Search, Workflow } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useApiQuery } from '../api/queries.ts';
import { useMay } from '../api/session.ts';
import { aboutAddress } from '../screens/about/about-address.ts';
import { keysOffered } from '../screens/about/keys-offered.ts';
import { statusLooks } from '../ui/Badge.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import type { Command } from './commands.ts';
import { searchCommands, useAllCommands } from './commands.ts';
import { navigate } from './router.tsx';

const LIMIT = 60;

const openFlow = (flow: FlowSummary): Command => ({
  id: `open.${flow.id}`,
  label: flow.name,
  group: 'Open flow',
  icon: Workflow,
  perform: () => navigate(`/flows/${flow.id}`),
});

const openRun = (run: RunSummaryView): Command => ({
  id: `open.${run.id}`,
  label: `${run.businessKey}: ${run.flowName}`,
  group: `Open run · ${statusLooks[run.status].label}`,
  icon: Play,
  perform: () => navigate(`/runs/${encodeURIComponent(run.id)}`),
});

const runsAbout = (key: string): Command => ({
  id: 'open.runs-about',
  label: `Runs about “${key}”`,
  group: 'Search',
  icon: ListFilter,
  perform: () => navigate(`/runs?${new URLSearchParams({ q: key, in: 'prefix' })}`),
});

const everythingAbout = (key: string): Command => ({
  id: `about.${key}`,
  label: `Everything about ${key}`,
  group: 'Business key',
  icon: BookOpenText,
  perform: () => navigate(aboutAddress(key)),
});

/** Everything that can be done here and now, by typing. Commands depend on the view and the permissions. */
export function CommandBar({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Primitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="scrim" />
        <Primitive.Content className="dialog cmdbar" aria-describedby={undefined}>
          <Primitive.Title className="sr-only">Command bar</Primitive.Title>
          {open && <CommandList onClose={onClose} />}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function CommandList({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const may = useMay();
  const commands = useAllCommands();
  const flows = useApiQuery(
    'listFlows',
    { query: { limit: 20, ...(typed ? { text: typed } : {}) } },
    { enabled: may('flows.read') },
  );
  const key = typed.trim();
  const runs = useApiQuery(
    'listRuns',
    { query: { limit: 6, businessKeyPrefix: key } },
    { enabled: may('runs.read') && key.length >= 2 },
  );
  // Many longer keys may begin with it, and be newer.
  const exact = useApiQuery(
    'listRuns',
    { query: { limit: 1, businessKey: key } },
    { enabled: may('runs.read') && key.length >= 2 },
  );
  const list = useRef<HTMLDivElement>(null);
  const results = useMemo(() => {
    const about = key.length < 2 ? [] : (runs.data?.items ?? []).filter((run) => run.businessKey?.startsWith(key));
    const keys = key.length < 2 ? [] : keysOffered(key, [...(exact.data?.items ?? []), ...about]);
    const offered = [
      ...keys.filter((one) => one !== key).map(everythingAbout),
      ...about.map(openRun),
      ...(about.length > 0 ? [runsAbout(key)] : []),
    ];
    const found = searchCommands([...commands, ...(flows.data?.items ?? []).map(openFlow), ...offered], typed);
    // Whoever types a whole key means that very thing.
    return [...keys.filter((one) => one === key).map(everythingAbout), ...found].slice(0, LIMIT);
  }, [commands, flows.data, runs.data, exact.data, typed, key]);
  const chosen = Math.min(at, results.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    // After the dialog gave the focus back, or a command that moves it would lose it again.
    setTimeout(command.perform, 0);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, results.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
    else if (event.key === 'Enter') run(results[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="cmdbar__input">
        <Search size={17} aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: the bar exists to be typed into
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="command-results"
          aria-activedescendant={results[chosen] ? `command-${chosen}` : undefined}
          aria-label="Type a command, a page, a flow or a business key"
          placeholder="Type a command, a page, a flow or a business key"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        className="cmdbar__list"
        id="command-results"
        role="listbox"
        aria-label="Commands"
        hidden={results.length === 0}
        ref={list}
      >
        {results.map((command, index) => {
          const Icon = command.icon ?? CornerDownLeft;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input above holds the focus and handles the keys
            <div
              key={command.id}
              id={`command-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onMouseMove={() => index !== chosen && setAt(index)}
              onClick={() => run(command)}
            >
              <Icon size={15} aria-hidden />
              <span className="truncate">{command.label}</span>
              <small>{command.group}</small>
              {command.shortcuts?.[0] && <Kbd keys={command.shortcuts[0]} />}
            </div>
          );
        })}
      </div>
      {results.length === 0 && <p className="cmdbar__none">Nothing here is called “{typed}”.</p>}
    </>
  );
}
