import type { RunDetail, RunSummaryView, StepView } from '@waybill/api-contract';
import { manifestKey } from '@waybill/flow-model';
import { useCallback, useMemo, useState } from 'react';
import { useLiveRun } from '../../api/live.ts';
import { useApiQuery } from '../../api/queries.ts';
import type { LiveRun } from '../../api/resync.ts';
import { useMay } from '../../api/session.ts';
import { useCrumb } from '../../app/crumb.ts';
import { useSearch } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { classNames } from '../../ui/class-names.ts';
import { Switch } from '../../ui/Field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import { QueuedNotice } from '../ordering/QueuedNotice.tsx';
import { RunLine } from '../runs/RunLine.tsx';
import { ActDialog } from './ActDialog.tsx';
import { RepeatedBy } from './RepeatedBy.tsx';
import { RepeatOf } from './RepeatOf.tsx';
import { ReplayDialog } from './ReplayDialog.tsx';
import { RetryDialog } from './RetryDialog.tsx';
import { RunEffects } from './RunEffects.tsx';
import { RunGraph } from './RunGraph.tsx';
import { RunHeader } from './RunHeader.tsx';
import { recordErrorsOf } from './record-error-words.ts';
import { newestRepeat, relatedGroups } from './related-runs.ts';
import { takenBack } from './run-acts.ts';
import type { RunStore } from './run-store.ts';
import { isDoubtful, isOver } from './run-store.ts';
import { StepDetail } from './StepDetail.tsx';
import { StepTable } from './StepTable.tsx';
import type { IterationPicks } from './step-rows.ts';
import { iterationWords, picksFor, stepOfInterest, stepRows, unreadStep } from './step-rows.ts';
import { TakeBackDialog } from './TakeBackDialog.tsx';
import { useCalm } from './use-calm.ts';
import type { FollowedRun } from './use-run.ts';
import { useRun, useStepsNear } from './use-run.ts';
import type { ActOnRun } from './use-run-commands.ts';
import { useRunCommands } from './use-run-commands.ts';
import '../runs/runs.css';
import './run.css';

/** How long the step that nobody asked for stays, at least: steps of a busy run end faster than anyone reads. */
const UNASKED_STEP_MS = 1_000;

export default function RunScreen({ params }: ScreenProps) {
  const runId = params['id'] ?? '';
  const { query, detail, followed } = useRun(runId);
  if (query.error && !detail) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!detail || !followed || detail.run.id !== runId) return <SkeletonRows rows={10} />;
  return <RunView key={runId} detail={detail} {...followed} refresh={() => void query.refetch()} />;
}

interface RunViewProps extends FollowedRun {
  detail: RunDetail;
  refresh: () => void;
}

function RunView({ detail, store, news, refresh }: RunViewProps) {
  const mayAct = useMay()('runs.act');
  const [search, setSearch] = useSearch();
  const catalog = useApiQuery('catalog', {}, { staleTime: Number.POSITIVE_INFINITY });
  const manifests = useMemo(() => catalog.data?.manifests ?? [], [catalog.data]);
  const [picks, setPicks] = useState<IterationPicks>({});
  const [act, setAct] = useState<ActOnRun | null>(null);
  const [replay, setReplay] = useState<{ step: StepView | null } | null>(null);
  const [pane, setPane] = useState<'steps' | 'effects' | 'related'>('steps');
  const [compress, setCompress] = useState(true);

  const { flow, related } = detail;
  const run = store.live.run ?? detail.run;
  const repeat = useRepeat(run, related);
  useCrumb(run.businessKey ?? run.flowName);
  const doubtful = isDoubtful(store);
  const asked = search.get('step');
  const read = store.live.steps;
  const missing = useMemo(
    () => (detail.leftOut === 0 ? null : unreadStep(stepRows(flow, read, asked ? picksFor(asked, picks) : picks))),
    [detail.leftOut, flow, read, picks, asked],
  );
  const near = useStepsNear(run.id, missing);
  const steps = useMemo(() => (near ? { ...near, ...read } : read), [near, read]);
  const rowsOf = useCallback(
    (known: LiveRun['steps']) => stepRows(flow, known, asked ? picksFor(asked, picks) : picks),
    [flow, picks, asked],
  );
  const rows = useMemo(() => rowsOf(steps), [rowsOf, steps]);
  const telling = useCalm(stepOfInterest(Object.values(steps))?.step ?? null, UNASKED_STEP_MS);
  const selected = asked ?? telling;
  const view = selected === null ? null : (steps[selected] ?? null);
  const selectedNode = rows.find((row) => row.step === selected)?.nodeId ?? view?.nodeId ?? null;
  /** The steps that colour the canvas: those of the chosen iterations. */
  const coloursOf = useCallback(
    ({ live }: RunStore) => rowsOf(near ? { ...near, ...live.steps } : live.steps).flatMap(({ view }) => view ?? []),
    [rowsOf, near],
  );
  const manifestOf = (nodeId: string) => {
    const node = flow.nodes[nodeId];
    const key = node && manifestKey(node.type, node.version);
    return manifests.find((one) => manifestKey(one.type, one.version) === key);
  };
  const titleOf = (nodeId: string) => flow.nodes[nodeId]?.title ?? manifestOf(nodeId)?.title ?? nodeId;
  const kindOf = (nodeId: string) => {
    const manifest = manifestOf(nodeId);
    return manifest ? `${manifest.app}: ${manifest.title}` : null;
  };

  /** Without a live connection nobody tells this page what came of an act. */
  const readAfterAct = () => {
    if (store.phase !== 'live') refresh();
  };
  const select = (step: string) => setSearch({ step });
  const pick = (container: string, iteration: number) => {
    setPicks((before) => ({ ...(asked ? picksFor(asked, before) : before), [container]: iteration }));
    // The step in the old iteration is out of sight: show its twin.
    if (asked?.startsWith(`${container}[`)) select(asked.replace(/^(.*?)\[\d+\]/, () => `${container}[${iteration}]`));
  };
  useRunCommands({ run, repeat, isAllowed: mayAct && !doubtful, onAct: setAct });

  return (
    <div className={classNames('run', doubtful && 'run--doubtful')}>
      <RunHeader
        run={run}
        parent={related.find((other) => other.id === run.parentRunId) ?? null}
        repeat={repeat}
        doubtful={doubtful}
        taken={takenBack(Object.values(steps))}
        recordErrors={recordErrorsOf(Object.values(steps))}
        onAct={(name) => setAct({ act: name })}
        onReplay={() => setReplay({ step: null })}
      />
      {repeat && <RepeatedBy repeat={repeat} />}
      {detail.replay && (
        <RepeatOf
          runId={run.id}
          replay={detail.replay}
          repeated={related.find(({ id }) => id === detail.replay?.of) ?? null}
          titleOf={titleOf}
        />
      )}
      {run.status === 'queued' && <QueuedNotice run={run} />}
      <div className="run__body">
        <div className="run__left">
          {catalog.data ? (
            <RunGraph
              run={run}
              flow={flow}
              manifests={manifests}
              news={news}
              coloursOf={coloursOf}
              selectedNode={selectedNode}
              isAsked={asked !== null}
              onSelect={(nodeId) => {
                const row = rows.find((one) => one.nodeId === nodeId);
                if (row && row.step !== selected) select(row.step);
              }}
            />
          ) : (
            <div className="run-graph" />
          )}
          <section className="run__lower" aria-label="Steps, effects and related runs">
            <div className="run__lower-head">
              <Segments
                label="Shown below"
                value={pane}
                onChange={setPane}
                options={[
                  { value: 'steps', label: 'Steps and timeline' },
                  { value: 'effects', label: 'Effects' },
                  { value: 'related', label: `Related runs ${related.length}` },
                ]}
              />
              {pane === 'steps' && <Switch label="Shorten waiting" checked={compress} onChange={setCompress} />}
            </div>
            {pane === 'steps' ? (
              <StepTable
                run={run}
                rows={rows}
                titleOf={titleOf}
                selected={selected}
                doubtful={doubtful}
                compress={compress}
                onSelect={select}
                onPick={pick}
              />
            ) : pane === 'effects' ? (
              <RunEffects run={run} />
            ) : related.length === 0 ? (
              <EmptyState title="No other run">
                {run.businessKey === null
                  ? 'This run has no business key. Set one in the flow’s settings, and runs about the same thing meet here.'
                  : `Nothing else ran for ${run.businessKey}, and this run called no other flow.`}
              </EmptyState>
            ) : (
              relatedGroups(run, related).map((group) => (
                <section key={group.title} aria-label={group.title}>
                  <h2 className="run__group label-caps">{group.title}</h2>
                  <ul>
                    {group.runs.map((other) => (
                      <RunLine key={other.id} run={other} />
                    ))}
                  </ul>
                </section>
              ))
            )}
          </section>
        </div>
        <aside className="run__side" aria-label="Step detail">
          {view ? (
            <StepDetail
              key={view.step}
              run={run}
              repeat={repeat}
              step={view}
              kind={kindOf(view.nodeId)}
              iteration={iterationWords(view, steps)}
              doubtful={doubtful}
              onAct={(name) => setAct({ act: name, step: view })}
              onReplay={() => setReplay({ step: view })}
            />
          ) : (
            <EmptyState title={selectedNode ? titleOf(selectedNode) : 'No step chosen'}>
              {selectedNode
                ? 'The run has not come here, or went another way.'
                : 'Choose a step in the graph or in the list to see its data, tries and log.'}
            </EmptyState>
          )}
        </aside>
      </div>
      {replay && <ReplayDialog run={run} step={replay.step} onClose={() => setReplay(null)} />}
      {act?.act === 'take-back' && <TakeBackDialog run={run} onClose={() => setAct(null)} onDone={readAfterAct} />}
      {act?.act === 'retry-run' && <RetryDialog run={run} onClose={() => setAct(null)} onDone={readAfterAct} />}
      {act && act.act !== 'take-back' && act.act !== 'retry-run' && (
        <ActDialog run={run} act={act} onClose={() => setAct(null)} onDone={readAfterAct} />
      )}
    </div>
  );
}

/** The newest run that does the same, as it stands now. */
function useRepeat(run: RunSummaryView, related: readonly RunSummaryView[]): RunSummaryView | null {
  const newest = useMemo(() => newestRepeat(run, related), [run, related]);
  const live = useLiveRun(newest && !isOver(newest) ? newest.id : null);
  return live?.run ?? newest;
}
