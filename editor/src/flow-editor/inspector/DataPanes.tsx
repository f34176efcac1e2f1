import type { JsonValue, NodeId, Pin as PinnedOutput } from '@waybill/flow-model';
import { ERROR_PORT } from '@waybill/flow-model';
import { Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Select, SelectField, TextAreaField } from '../../ui/Field.tsx';
import { toastError } from '../../ui/toasts.ts';
import { manifestOf, outputPorts } from '../graph/ports.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { DataViewer } from './data/DataViewer.tsx';
import { useSampleScope } from './expression/use-sample-scope.ts';
import { parsePinned, pinFromLastRun } from './pin-output.ts';
import { RunPicker } from './RunPicker.tsx';
import { useNodeData } from './run-data.ts';

/** Which run the data comes from. */
function DataSource() {
  const store = useEditorStore();
  const dataRunId = useEditor((state) => state.dataRunId);
  const may = useMay();
  const run = useApiQuery('getRun', { params: { runId: dataRunId ?? '' } }, { enabled: dataRunId !== null });
  if (!may('runs.data')) return <small className="muted">Example data: your role does not see data of runs.</small>;
  const shown = dataRunId !== null && run.data?.run.id === dataRunId ? run.data.run : null;
  const label =
    dataRunId === null
      ? 'Example data'
      : shown
        ? `${new Date(shown.acceptedAt).toLocaleString()} · ${shown.businessKey ?? shown.status}`
        : 'This run';
  return (
    <RunPicker
      label={label}
      chosen={dataRunId}
      none="Example data"
      onChoose={(runId) => store.getState().setDataRun(runId)}
    />
  );
}

/** Says that what is shown no longer fits the draft. */
function StaleNote({ id }: { id: NodeId }) {
  const stale = useEditor((state) => state.stale.has(id));
  if (!stale) return null;
  return (
    <p className="callout callout--waiting" role="status">
      Stale: this step, or one before it, was changed since that run. Run to here to renew the data.
    </p>
  );
}

/** What the step gets: fields can be dragged into parameters. */
export function InputPane({ id }: { id: NodeId }) {
  const sample = useSampleScope(id);
  const [part, setPart] = useState('input');
  const parts = Object.keys(sample.scope);
  const steps = (sample.scope['steps'] ?? {}) as Record<string, JsonValue>;
  const options = [
    ...parts.filter((name) => name !== 'steps' && name !== 'run').map((name) => ({ value: name, label: name })),
    ...Object.keys(steps).map((step) => ({ value: `steps.${step}`, label: `steps.${step}` })),
    { value: 'run', label: 'run' },
  ];
  const chosen = options.some((option) => option.value === part) ? part : 'input';
  const value = chosen.startsWith('steps.') ? steps[chosen.slice(6)] : sample.scope[chosen];
  return (
    <div className="pane">
      <div className="pane__bar">
        <Select aria-label="Part of the data" options={options} value={chosen} onChange={setPart} />
        <DataSource />
      </div>
      <StaleNote id={id} />
      <DataViewer
        key={chosen}
        value={value ?? undefined}
        root={chosen}
        empty="Run the flow, or connect a step before this one, to see what arrives here."
      />
    </div>
  );
}

/** What the step gave in the run shown, or what is pinned. */
export function OutputPane({ id }: { id: NodeId }) {
  const store = useEditorStore();
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const pin = useEditor((state) => state.flow.pins[id]);
  const runId = useEditor((state) => state.dataRunId);
  const readOnly = useEditor((state) => state.readOnly);
  const seq = useEditor((state) => (state.live?.runId === state.dataRunId ? (state.live?.seq ?? 0) : 0));
  const data = useNodeData(runId, id, seq);
  const manifest = node && manifestOf(catalog, node);
  const ports = node ? outputPorts(manifest, node.params) : [];
  const port = ports[0]?.name;
  const example = port ? manifest?.sample?.[port] : undefined;
  const shown = pin ? pin.value : runId ? (data.data?.data.output ?? undefined) : example;
  return (
    <div className="pane">
      <div className="pane__bar">
        <DataSource />
        {!readOnly && (
          <Button
            small
            icon={pin ? PinOff : Pin}
            aria-pressed={Boolean(pin)}
            onClick={() => void pinFromLastRun(store, id).catch(toastError)}
          >
            {pin ? 'Unpin' : 'Pin'}
          </Button>
        )}
      </div>
      <StaleNote id={id} />
      {pin && (
        <p className="callout callout--waiting">
          Pinned to “{ports.find(({ name }) => name === pin.port)?.label ?? pin.port}”: used instead of running this
          step while designing, never in a published version.
        </p>
      )}
      {pin && !readOnly ? (
        <PinEditor key={id} id={id} />
      ) : (
        <DataViewer
          value={shown ?? undefined}
          root={`steps.${id}`}
          truncated={data.data?.data.truncated ?? false}
          empty={runId ? 'The run shown has no output of this step.' : 'Run the flow to see what this step gives.'}
        />
      )}
      {!pin && (data.data?.data.log.length ?? 0) > 0 && (
        <div className="pane__log">
          <h3 className="label-caps">Log</h3>
          {data.data?.data.log.map((line) => (
            <p key={`${line.at}-${line.message}`} className={`log log--${line.level}`}>
              {line.message}
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function PinEditor({ id }: { id: NodeId }) {
  const store = useEditorStore();
  const pin = useEditor((state) => state.flow.pins[id]);
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const [text, setText] = useState(() => JSON.stringify(pin?.value ?? null, null, 2));
  const parsed = parsePinned(text);
  const ports = node ? outputPorts(manifestOf(catalog, node), node.params) : [];
  const wired = pin?.port === ERROR_PORT || ports.length > 1;
  const put = (change: Partial<PinnedOutput>) => {
    const { apply, flow } = store.getState();
    const current = flow.pins[id];
    if (current)
      apply(
        { op: 'set-pin', id, pin: { ...current, ...change } },
        { label: 'Edit pinned data', mergeKey: `pin ${id}` },
      );
  };
  return (
    <div className="stack">
      {wired && pin && (
        <SelectField
          label="Leaves by"
          value={pin.port}
          options={[
            ...ports.map((port) => ({ value: port.name, label: port.label })),
            ...(ports.some((port) => port.name === pin.port)
              ? []
              : [
                  {
                    value: pin.port,
                    label: pin.port === ERROR_PORT ? 'On error' : `${pin.port} (no longer an output)`,
                  },
                ]),
          ]}
          onChange={(port) => put({ port })}
        />
      )}
      <TextAreaField
        label="Pinned data"
        className="input input--mono"
        rows={16}
        spellCheck={false}
        error={parsed.ok ? undefined : parsed.problem}
        value={text}
        onChange={(next) => {
          setText(next);
          const read = parsePinned(next);
          if (read.ok) put({ value: read.value });
        }}
      />
    </div>
  );
}
