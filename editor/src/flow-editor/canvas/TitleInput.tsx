import { useEffect, useRef } from 'react';
import { useEditorStore } from '../state/editor-store.ts';

/** Renames a node in place: Enter or leaving keeps the name, Escape drops it. */
export function TitleInput({ id, title }: { id: string; title: string }) {
  const store = useEditorStore();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const finish = (keep: boolean) => {
    const { flow, renaming, apply, show } = store.getState();
    if (renaming !== id) return;
    show({ renaming: null });
    const node = flow.nodes[id];
    const value = input.current?.value.trim() ?? '';
    if (!keep || !node || value === title) return;
    const { title: _old, ...rest } = node;
    apply(
      { op: 'put-node', id, node: value ? { ...rest, title: value.slice(0, 120) } : rest },
      { label: 'Rename step' },
    );
  };
  return (
    <input
      ref={input}
      // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
      autoFocus
      className="card__rename nodrag"
      aria-label="Name of the step"
      defaultValue={title}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(true);
        if (event.key === 'Escape') finish(false);
      }}
    />
  );
}
