import type { AuditEntry } from '@waybill/api-contract';
import { ChevronRight, ScrollText, ShieldCheck, ShieldX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Link, useSearch } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toastError } from '../../ui/toasts.ts';
import { CopyButton } from '../data/CopyButton.tsx';
import { PersonPicker } from '../data/PersonPicker.tsx';
import { ValueView } from '../data/ValueView.tsx';
import { usePages } from '../use-pages.ts';
import './audit.css';
import { actionWords, subjectName, subjectOf, wordsOfAction } from './audit-words.ts';

const filters = ['actor', 'action', 'subject'] as const;
type Filters = Partial<Record<(typeof filters)[number], string>>;

const actions = Object.entries(actionWords).map(([value, label]) => ({ value, label }));

/** The known choices, and the one in the address even if it is not among them. */
const withChosen = (options: readonly { value: string; label: string }[], chosen: string) =>
  chosen === '' || options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen }];

/** Who changed what, newest first, and whether the record is whole. */
export default function AuditScreen() {
  const [search, setSearch] = useSearch();
  const may = useMay();
  const given: Filters = Object.fromEntries(
    filters.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])),
  );
  const wanted = useDeferredValue(JSON.stringify(given));
  const entries = usePages<AuditEntry>(['listAudit', wanted], (cursor) =>
    api('listAudit', {
      query: { limit: 60, ...(JSON.parse(wanted) as Filters), ...(cursor ? { cursor } : {}) },
    }),
  );
  const [verdict, setVerdict] = useState<{ ok: boolean; entries: number; brokenAt: number | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    try {
      setVerdict(await api('verifyAudit', {}));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const filtered = Object.keys(given).length > 0;
  // Whoever may not look for people can still choose among those seen so far, keys and the platform itself included.
  const seen = new Map((entries.data ?? []).map((entry) => [entry.actor, entry.actorName]));
  const who = [...seen].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
  return (
    <Page
      title="Audit log"
      about="Every change a person or key made. Each entry carries the hash of the one before, so nothing can be altered unseen."
      actions={
        <Button icon={ShieldCheck} disabled={busy} onClick={() => void verify()}>
          {busy ? 'Checking…' : 'Check the chain'}
        </Button>
      }
    >
      {verdict && (
        <div className={verdict.ok ? 'callout callout--done' : 'callout callout--failed'} role="status">
          {verdict.ok ? <ShieldCheck size={18} aria-hidden /> : <ShieldX size={18} aria-hidden />}
          <div>
            <strong>
              {verdict.ok
                ? `All ${verdict.entries.toLocaleString()} entries are whole.`
                : `The chain is broken at entry ${verdict.brokenAt ?? '?'}.`}
            </strong>
            <p>
              {verdict.ok
                ? 'Nothing was altered, removed or put in between.'
                : 'Somebody changed the store from outside. Keep a copy of it and compare with the last export.'}
            </p>
          </div>
        </div>
      )}
      <div className="toolbar">
        <span className="audit__filter">
          {may('tasks.decide') ? (
            <PersonPicker
              label="Who"
              placeholder="Everybody"
              also={who.filter((one) => one.value === 'system' || one.value.startsWith('key:'))}
              value={given.actor ?? ''}
              onChange={(actor) => setSearch({ actor: actor || null })}
            />
          ) : (
            <Select
              aria-label="Who"
              options={[{ value: '', label: 'Everybody' }, ...withChosen(who, given.actor ?? '')]}
              value={given.actor ?? ''}
              onChange={(actor) => setSearch({ actor })}
            />
          )}
        </span>
        <span className="audit__filter">
          <Select
            aria-label="Action"
            options={[{ value: '', label: 'Every action' }, ...withChosen(actions, given.action ?? '')]}
            value={given.action ?? ''}
            onChange={(action) => setSearch({ action })}
          />
        </span>
        <SearchBox
          label="Subject, such as flow:order-to-cash"
          value={given.subject ?? ''}
          onChange={(subject) => setSearch({ subject })}
        />
        {filtered && (
          <Button look="ghost" onClick={() => setSearch({ actor: null, action: null, subject: null })}>
            Clear
          </Button>
        )}
      </div>
      <div className="sheet">
        <ListState
          query={entries as never}
          isEmpty={(list: AuditEntry[]) => list.length === 0}
          empty={
            <EmptyState
              icon={ScrollText}
              title={filtered ? 'No entry matches' : 'Nothing has been changed yet'}
              actions={
                filtered && (
                  <Button onClick={() => setSearch({ actor: null, action: null, subject: null })}>
                    Show all entries
                  </Button>
                )
              }
            >
              {filtered
                ? 'A subject must be given whole; the details of an entry offer it as a filter.'
                : 'Sign-ins, edits, decisions and repairs show up here.'}
            </EmptyState>
          }
        >
          {(list: AuditEntry[]) => (
            <>
              <ul className="audit">
                {list.map((entry) => (
                  <Entry key={entry.seq} entry={entry} onOnly={setSearch} />
                ))}
              </ul>
              {entries.hasMore && (
                <div className="audit__more">
                  <Button disabled={entries.loadingMore} onClick={entries.loadMore}>
                    {entries.loadingMore ? 'Reading…' : 'Show older'}
                  </Button>
                </div>
              )}
            </>
          )}
        </ListState>
      </div>
    </Page>
  );
}

function Entry({ entry, onOnly }: { entry: AuditEntry; onOnly: (filter: Filters) => void }) {
  const [open, setOpen] = useState(false);
  const name = entry.subjectName ?? subjectName(entry.subject, entry.details);
  const { kind, href } = subjectOf(entry.subject);
  const itself = entry.subject === `user:${entry.actor}`;
  return (
    <li className="audit__entry">
      <button type="button" className="audit__line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={14} aria-hidden />
        <span className="muted audit__time">
          <RelativeTime at={entry.at} />
        </span>
        <strong className="truncate">{entry.actorName}</strong>
        <span className="truncate" title={entry.action}>
          {wordsOfAction(entry.action)}
        </span>
        <span className="truncate" title={entry.subject}>
          {itself ? '' : name}
        </span>
        <span className="muted num">#{entry.seq}</span>
      </button>
      {open && (
        <div className="audit__detail">
          <div className="row audit__facts">
            <span className="muted">{new Date(entry.at).toLocaleString()}</span>
            <code>{entry.action}</code>
            <code className="truncate">{entry.subject}</code>
            {href && !entry.action.endsWith('.deleted') && <Link href={href}>Open the {kind.replace('-', ' ')}</Link>}
            <Button small onClick={() => onOnly({ subject: entry.subject })}>
              Only this subject
            </Button>
          </div>
          <ValueView value={entry.details} empty="No details." />
          <p className="row muted">
            <span>Hash</span>
            <span className="mono truncate">{entry.hash}</span>
            <CopyButton text={entry.hash} label="Copy the hash" />
          </p>
        </div>
      )}
    </li>
  );
}
