import {
  ChevronRight,
  CircleAlert,
  CircleCheck,
  Ellipsis,
  History,
  Play,
  Redo2,
  Settings2,
  TriangleAlert,
  Undo2,
  Upload,
  WandSparkles,
} from 'lucide-react';
import { useState } from 'react';
import { editorTabId } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Command } from '../app/commands.ts';
import { Link } from '../app/router.tsx';
import { Badge, StatusBadge } from '../ui/Badge.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { Menu } from '../ui/Menu.tsx';
import { isDirty } from './state/autosave.ts';
import { useEditor, useEditorStore } from './state/editor-store.ts';

function FlowName() {
  const store = useEditorStore();
  const name = useEditor((state) => state.flow.name);
  const readOnly = useEditor((state) => state.readOnly);
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    const { flow, apply } = store.getState();
    const value = draft?.trim();
    if (value && value !== flow.name)
      apply({ op: 'set-header', name: value, description: flow.description ?? null }, { label: 'Rename flow' });
    setDraft(null);
  };
  return (
    <input
      className="flowhead__name"
      aria-label="Name of the flow"
      maxLength={120}
      readOnly={readOnly}
      value={draft ?? name}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          setDraft(null);
          event.currentTarget.blur();
        }
      }}
    />
  );
}

function SaveWords() {
  const save = useEditor((state) => state.save);
  const dirty = useEditor(isDirty);
  const words =
    save.kind === 'failed'
      ? `Not saved: ${save.what}`
      : save.kind === 'conflict'
        ? 'Not saved'
        : dirty || save.kind === 'saving'
          ? 'Saving…'
          : 'Draft saved';
  return (
    <span className={`flowhead__save flowhead__save--${save.kind}`} role="status" title={words}>
      {words}
    </span>
  );
}

function ProblemsButton() {
  const store = useEditorStore();
  const errors = useEditor((state) => state.problems.filter((problem) => problem.severity === 'error').length);
  const warnings = useEditor((state) => state.problems.length) - errors;
  const open = useEditor((state) => state.problemsOpen);
  const Icon = errors > 0 ? CircleAlert : warnings > 0 ? TriangleAlert : CircleCheck;
  const words = errors > 0 ? `${errors} to fix` : warnings > 0 ? `${warnings} to look at` : 'No problems';
  return (
    <Button
      look="ghost"
      aria-pressed={open}
      className={`problems-button problems-button--${errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'none'}`}
      icon={Icon}
      onClick={() => store.getState().show({ problemsOpen: !open })}
    >
      {words}
    </Button>
  );
}

/** The bar over the canvas: what this is, how it stands, and what one does with it. */
export function EditorHeader({ commands }: { commands: readonly Command[] }) {
  const store = useEditorStore();
  const may = useMay();
  const summary = useEditor((state) => state.summary);
  const people = useEditor((state) => state.people).filter((person) => person.editor !== editorTabId);
  const undo = useEditor((state) => state.history.past.at(-1)?.label);
  const redo = useEditor((state) => state.history.future.at(-1)?.label);
  const command = (id: string) => commands.find((entry) => entry.id === id);
  const perform = (id: string) => command(id)?.perform();
  return (
    <header className="flowhead">
      <h1 className="sr-only">{summary.name}</h1>
      <nav aria-label="Breadcrumb" className="crumbs">
        <ol>
          <li>
            <Link href="/flows">Flows</Link>
            <ChevronRight size={13} aria-hidden />
          </li>
        </ol>
      </nav>
      <FlowName />
      <StatusBadge status={summary.state} />
      {summary.publishedVersion !== null && (
        <span className="muted nowrap">
          v{summary.publishedVersion}
          {summary.changed && ' · draft differs'}
        </span>
      )}
      <SaveWords />
      <div className="flowhead__end">
        {people.length > 0 && (
          <Badge tone="accent">
            {people.length === 1 ? `${people[0]?.name} is here too` : `${people.length} others are here`}
          </Badge>
        )}
        <ProblemsButton />
        <span className="flowhead__rule" />
        <IconButton
          label={undo ? `Undo: ${undo}` : 'Nothing to undo'}
          shortcut="Mod+Z"
          icon={Undo2}
          disabled={!undo}
          onClick={() => perform('edit.undo')}
        />
        <IconButton
          label={redo ? `Redo: ${redo}` : 'Nothing to redo'}
          shortcut="Mod+Shift+Z"
          icon={Redo2}
          disabled={!redo}
          onClick={() => perform('edit.redo')}
        />
        <Menu
          entries={[
            { label: 'Versions', icon: History, perform: () => store.getState().show({ overlay: 'versions' }) },
            { label: 'Flow settings', icon: Settings2, perform: () => store.getState().show({ overlay: 'settings' }) },
            {
              label: 'Tidy up',
              icon: WandSparkles,
              shortcut: 'Alt+Shift+T',
              perform: () => perform('layout.tidy'),
            },
            'rule',
            { label: 'Text of the flow…', perform: () => store.getState().show({ overlay: 'text' }) },
          ]}
        >
          <Button look="ghost" className="btn--icon" aria-label="More about this flow" icon={Ellipsis} />
        </Menu>
        {may('runs.start') && (
          <Button icon={Play} onClick={() => perform('flow.run')}>
            Run
          </Button>
        )}
        {may('flows.publish') && (
          <Button
            look="primary"
            icon={Upload}
            disabled={!summary.changed && summary.publishedVersion !== null}
            onClick={() => perform('flow.publish')}
          >
            Publish
          </Button>
        )}
      </div>
    </header>
  );
}
