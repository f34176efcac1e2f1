import type { FlowNode, NodeId, NodeManifest } from '@waybill/flow-model';
import { useEffect, useMemo, useRef } from 'react';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { ConnectionSlots } from './ConnectionSlots.tsx';
import { useSampleScope } from './expression/use-sample-scope.ts';
import { FieldContext } from './field-context.ts';
import { ParamField } from './ParamField.tsx';
import { isShown, paramGroups } from './param-value.ts';
import { useNodeEdit } from './use-node-edit.ts';

interface ParamFormProps {
  id: NodeId;
  node: FlowNode;
  manifest: NodeManifest;
}

/** The form of a node, made from its manifest. */
export function ParamForm({ id, node, manifest }: ParamFormProps) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const problems = useEditor((state) => state.problems);
  const focusField = useEditor((state) => state.focusField);
  const sample = useSampleScope(id);
  const { setParam } = useNodeEdit(id);
  const form = useRef<HTMLDivElement>(null);
  const context = useMemo(() => ({ nodeId: id, sample, readOnly }), [id, sample, readOnly]);

  useEffect(() => {
    if (focusField?.nodeId !== id) return;
    const name = focusField.field.replace(/^params\./, '').split(/[.[]/)[0] ?? '';
    const param = form.current?.querySelector(`[data-param="${CSS.escape(name)}"]`);
    param?.scrollIntoView({ block: 'center' });
    const control =
      param?.querySelector<HTMLElement>(':is(input, textarea, select, [role=switch]):not(:disabled)') ??
      param?.querySelector<HTMLElement>('button:not(:disabled)');
    control?.focus();
    store.getState().show({ focusField: null });
  }, [focusField, id, store]);

  const errorOf = (name: string) =>
    problems.find(
      ({ nodeId, field, severity }) =>
        nodeId === id &&
        severity === 'error' &&
        (field === name || field?.replace(/^params\./, '').split(/[.[]/)[0] === name),
    )?.what;
  const groups = paramGroups(manifest.params);
  return (
    <FieldContext value={context}>
      <div className="param-form" ref={form}>
        <ConnectionSlots id={id} node={node} manifest={manifest} />
        {groups.map(([group, names]) => {
          const shown = names.filter((name) => isShown(manifest.params[name]!, node.params, manifest.params));
          if (shown.length === 0) return null;
          return (
            <div key={group} className="param-form__group">
              {group && <h3 className="label-caps">{group}</h3>}
              {shown.map((name) => {
                const spec = manifest.params[name]!;
                return (
                  <ParamField
                    key={`${id}-${name}`}
                    name={name}
                    spec={spec}
                    value={node.params[name]}
                    error={errorOf(name)}
                    onChange={(value) => setParam(name, spec.label, value)}
                  />
                );
              })}
            </div>
          );
        })}
        {Object.keys(manifest.params).length === 0 && Object.keys(manifest.credentials).length === 0 && (
          <p className="muted">Nothing to set here.</p>
        )}
      </div>
    </FieldContext>
  );
}
