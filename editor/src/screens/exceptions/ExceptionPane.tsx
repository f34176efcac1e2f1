import type { ExceptionAct, ExceptionDetail } from '@waybill/api-contract';
import { ApiError } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { keyOf, useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useCrumb } from '../../app/crumb.ts';
import { Link } from '../../app/router.tsx';
import { MarkdownLight } from '../../flow-editor/canvas/MarkdownLight.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { plainWords } from '../../ui/plain-words.ts';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast } from '../../ui/toasts.ts';
import { AboutIcon } from '../about/AboutLink.tsx';
import { FactsTable } from '../data/FactsTable.tsx';
import { DecisionForm } from '../inbox/DecisionForm.tsx';
import { Due } from '../inbox/TaskMarks.tsx';
import { moneyWords } from '../inbox/task-words.ts';
import { MuteCause } from '../notifications/MuteCause.tsx';
import type { AskedAct } from './ActConfirm.tsx';
import { ActConfirm } from './ActConfirm.tsx';
import { actLabels, cameBackWords, classLabels, historyWords } from './exception-words.ts';
import { FixForm } from './FixForm.tsx';
import { ResolveAllDialog } from './ResolveAllDialog.tsx';
import { refreshExceptions } from './refresh-exceptions.ts';

const askedActs: readonly AskedAct[] = ['retry', 'skip', 'resolved-outside', 'cancel-run'];

/** One problem in business words, with all that may be done about it. */
export function ExceptionPane({ id }: { id: string }) {
  const query = useApiQuery('getException', { params: { exceptionId: id } });
  // Outlives what it does to this very problem.
  const [all, setAll] = useState<{ fingerprint: string; act: ExceptionAct } | null>(null);
  const [revealed, setRevealed] = useState<ReadonlyMap<string, JsonValue>>(new Map());
  if (!query.data || query.data.id !== id)
    return query.error ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <SkeletonRows rows={10} />
    );
  const exception = query.data;
  return (
    <article className="task-detail exception">
      <Head exception={exception} />
      <Story exception={exception} onFields={setRevealed} />
      {/* A new failure of the same step is a new form. */}
      <Acts
        key={exception.seq}
        exception={exception}
        revealed={revealed}
        onAll={(act) => setAll({ fingerprint: exception.fingerprint, act })}
      />
      <History exception={exception} />
      {all && (
        <ResolveAllDialog
          of={{ filter: { fingerprint: all.fingerprint } }}
          act={all.act}
          onClose={() => setAll(null)}
        />
      )}
    </article>
  );
}

function Head({ exception }: { exception: ExceptionDetail }) {
  useCrumb(exception.subject?.label ?? exception.title);
  return (
    <header className="task-detail__head">
      <div className="row spread">
        <span className="row">
          <StatusBadge status={exception.status} />
          <Badge>{classLabels[exception.class]}</Badge>
          {(exception.priority === 'high' || exception.priority === 'urgent') && (
            <Badge tone="failed">{exception.priority === 'urgent' ? 'Urgent' : 'High priority'}</Badge>
          )}
          {cameBackWords(exception.round) && <Badge tone="waiting">{cameBackWords(exception.round)}</Badge>}
          <Due task={exception} />
        </span>
        <span className="muted">{exception.owners.join(', ')}</span>
      </div>
      {exception.subject && (
        <p className="exception__subject">
          <span className="muted">{exception.subject.kind}</span> <strong>{exception.subject.label}</strong>
        </p>
      )}
      <h1>{exception.title}</h1>
      {exception.value && (
        <p className="task-detail__stake">
          {moneyWords(exception.value)} <span className="muted">at stake</span>
        </p>
      )}
      <p className="muted task-detail__from">
        {exception.businessKey && (
          <span>
            {exception.businessKey} <AboutIcon businessKey={exception.businessKey} />
          </span>
        )}
        <span>
          since <RelativeTime at={exception.openedAt} />
        </span>
        {exception.siblings > 0 && (
          <Link href={`/exceptions?view=list&cause=${encodeURIComponent(exception.fingerprint)}`}>
            {exception.siblings} more with this cause
          </Link>
        )}
        <MuteCause fingerprint={exception.fingerprint} title={exception.title} />
      </p>
    </header>
  );
}

interface StoryProps {
  exception: ExceptionDetail;
  /** What hidden fields of the step hold, by path. */
  onFields: (values: ReadonlyMap<string, JsonValue>) => void;
}

function Story({ exception, onFields }: StoryProps) {
  const may = useMay();
  const { error, table, connectionId, run } = exception;
  const before: [string, React.ReactNode][] = [
    ...(exception.likelyCause ? ([['Likely cause', exception.likelyCause]] as [string, React.ReactNode][]) : []),
    ...(error
      ? ([
          ['What was said', plainWords(error.what)],
          ['What helps', plainWords(error.fix)],
        ] as [string, React.ReactNode][])
      : exception.description
        ? ([['In detail', <MarkdownLight key="detail" text={exception.description} />]] as [string, React.ReactNode][])
        : []),
  ];
  const after: [string, React.ReactNode][] = exception.afterFix ? [['Once it is fixed', exception.afterFix]] : [];
  const tableHref =
    table && `/tables/${encodeURIComponent(table.name)}?${new URLSearchParams({ key: JSON.stringify(table.key) })}`;
  return (
    <>
      <FactsTable
        label="About this problem"
        before={before}
        facts={exception.facts}
        after={after}
        mayReveal={exception.mayReveal}
        onReveal={async (reason) => {
          const { facts, fields } = await api('revealException', {
            params: { exceptionId: exception.id },
            body: { reason },
          });
          void refreshExceptions();
          onFields(new Map(fields.map((field) => [field.path, field.value])));
          return facts;
        }}
      />
      <p className="exception__links">
        {run && may('runs.read') && (
          <Link href={`/runs/${encodeURIComponent(exception.runId)}?step=${encodeURIComponent(exception.step)}`}>
            Look at the run
          </Link>
        )}
        {tableHref && may('tables.read') && <Link href={tableHref}>Fix the lookup table</Link>}
        {connectionId && exception.class === 'connection' && may('connections.read') && (
          <Link href={`/connections?q=${encodeURIComponent(connectionId)}`}>Look at the connection</Link>
        )}
        {exception.links.map((link) => (
          <a key={link.url} href={link.url} target="_blank" rel="noreferrer noopener">
            {link.label}
          </a>
        ))}
      </p>
    </>
  );
}

interface ActsProps {
  exception: ExceptionDetail;
  revealed: ReadonlyMap<string, JsonValue>;
  onAll: (act: ExceptionAct) => void;
}

function Acts({ exception, revealed, onAll }: ActsProps) {
  const [asking, setAsking] = useState<AskedAct | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const mayDecide = exception.acts.includes('decide');
  const task = useApiQuery('getTask', { params: { taskId: exception.id } }, { enabled: mayDecide });

  const send = async (act: ExceptionAct, forAll: boolean) => {
    setAsking(null);
    setProblem(null);
    setRefused({});
    if (forAll) {
      onAll(act);
      return;
    }
    setBusy(true);
    try {
      const now = await api('actOnException', {
        params: { exceptionId: exception.id },
        body: { seq: exception.seq, act },
      });
      queryClient.setQueryData(keyOf('getException', { params: { exceptionId: exception.id } }), now);
      toast(now.status === 'open' ? 'It is being tried again.' : 'Done.');
      void refreshExceptions();
    } catch (error) {
      const problems = error instanceof ApiError ? (error.problem.problems ?? []) : [];
      const onFields = problems.filter((one) => one.path.startsWith('edits.'));
      setRefused(Object.fromEntries(onFields.map((one) => [one.path.slice('edits.'.length), one.what])));
      setProblem(wordsOf(error));
      // Nothing typed is lost: the form stays, only what is around it is read again.
      if (onFields.length === 0) void refreshExceptions();
    } finally {
      setBusy(false);
    }
  };

  if (exception.acts.length === 0)
    return (
      <div className={exception.status === 'open' ? 'callout' : 'callout callout--done'} role="status">
        <strong>{exception.whyNot ?? 'There is nothing to do here any more.'}</strong>
      </div>
    );
  return (
    <>
      {exception.fields && exception.acts.includes('fix') && (
        <FixForm
          exception={exception}
          fields={exception.fields}
          revealed={revealed}
          busy={busy}
          refused={refused}
          onSend={(act, forAll) => void send(act, forAll)}
        />
      )}
      {mayDecide && task.data?.round === exception.round && (
        <DecisionForm task={task.data} onDecided={() => void refreshExceptions()} />
      )}
      {problem && (
        <p className="callout callout--failed" role="alert">
          {problem.what} {problem.fix}
        </p>
      )}
      <div className="row exception__acts">
        {askedActs
          .filter((act) => exception.acts.includes(act))
          .map((act) => (
            <Button
              key={act}
              data-act={act}
              disabled={busy}
              {...(act === 'retry' && !exception.fields ? { look: 'primary' as const } : {})}
              {...(act === 'cancel-run' ? { look: 'danger' as const } : {})}
              onClick={() => setAsking(act)}
            >
              {actLabels[act]}
            </Button>
          ))}
      </div>
      {asking && (
        <ActConfirm
          exception={exception}
          act={asking}
          onClose={() => setAsking(null)}
          onSend={(act, forAll) => void send(act, forAll)}
        />
      )}
    </>
  );
}

function History({ exception }: { exception: ExceptionDetail }) {
  return (
    <section aria-label="History">
      <h2 className="label-caps">History</h2>
      <ul className="exception__history">
        {exception.history.map((line) => (
          <li key={`${line.at}-${line.kind}-${line.byName}`}>
            <span className="row">
              <strong>{line.byName}</strong>
              <span>{historyWords[line.kind] ?? line.kind}</span>
              <span className="muted">
                <RelativeTime at={line.at} />
              </span>
            </span>
            {line.text && <p className="muted">{line.text}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
