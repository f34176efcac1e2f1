import { PanelRightClose, Settings2 } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { TextAreaField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { InWords } from './InWords.tsx';

/** The flow itself, shown while nothing is selected: its purpose, and what it does in words. */
export function FlowSummaryPane({ onFold }: { onFold: () => void }) {
  const store = useEditorStore();
  const steps = useEditor((state) => Object.keys(state.flow.nodes).length);
  const description = useEditor((state) => state.flow.description ?? '');
  const flowId = useEditor((state) => state.summary.id);
  const published = useEditor((state) => state.summary.publishedVersion);
  const readOnly = useEditor((state) => state.readOnly);
  const hooks = useApiQuery('webhooks', { params: { flowId } }, { enabled: published !== null });
  return (
    <>
      <header className="inspector__head">
        <div className="inspector__title">
          <h2>This flow</h2>
          <small>{steps} steps</small>
        </div>
        <IconButton
          label="Flow settings"
          icon={Settings2}
          small
          onClick={() => store.getState().show({ overlay: 'settings' })}
        />
        <IconButton label="Hide the inspector" icon={PanelRightClose} small onClick={onFold} />
      </header>
      <div className="inspector__body stack">
        <TextAreaField
          label="What it is for"
          rows={3}
          maxLength={4_000}
          readOnly={readOnly}
          placeholder="One or two sentences for those who come after you."
          value={description}
          onChange={(text) =>
            store
              .getState()
              .apply(
                { op: 'set-header', name: store.getState().flow.name, description: text || null },
                { label: 'Edit description', mergeKey: 'description' },
              )
          }
        />
        <InWords />
        {(hooks.data?.items.length ?? 0) > 0 && (
          <section className="stack">
            <h3 className="label-caps">Addresses that start it</h3>
            {hooks.data?.items.map((hook) => (
              <div key={hook.nodeId} className="row">
                <code className="truncate" title={hook.url}>
                  {hook.method} {hook.url}
                </code>
                <Button
                  small
                  onClick={() =>
                    void navigator.clipboard.writeText(hook.url).then(
                      () => toast('Address copied.'),
                      () => toast('The browser did not let Waybill use the clipboard.', { tone: 'failed' }),
                    )
                  }
                >
                  Copy
                </Button>
              </div>
            ))}
          </section>
        )}
      </div>
    </>
  );
}
