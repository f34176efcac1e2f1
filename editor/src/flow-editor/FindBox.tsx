import { useReactFlow } from '@xyflow/react';
import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { manifestOf, titleOf } from './graph/ports.ts';
import { useEditor, useEditorStore } from './state/editor-store.ts';

/** Finds steps by title, id, kind or anything in their params, and brings them into view. */
export function FindBox() {
  return useEditor((state) => state.findOpen) ? <OpenFindBox /> : null;
}

function OpenFindBox() {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const { fitView } = useReactFlow();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const hits = useMemo(() => {
    const word = typed.trim().toLowerCase();
    if (!word) return [];
    const inNodes = Object.entries(flow.nodes).filter(([id, node]) =>
      `${titleOf(flow, catalog, id)} ${id} ${manifestOf(catalog, node)?.app ?? ''} ${JSON.stringify(node)}`
        .toLowerCase()
        .includes(word),
    );
    const inNotes = Object.entries(flow.notes).filter(([, note]) => note.text.toLowerCase().includes(word));
    return [...inNodes, ...inNotes].map(([id]) => id);
  }, [typed, flow, catalog]);
  const goTo = (index: number) => {
    const id = hits[index];
    if (!id) return;
    setAt(index);
    store.getState().select([id]);
    void fitView({ nodes: [{ id }], maxZoom: 1.1, padding: 0.6, duration: 160 });
  };
  return (
    <search className="findbox">
      <Search size={15} aria-hidden />
      <input
        // biome-ignore lint/a11y/noAutofocus: opened to be typed into
        autoFocus
        aria-label="Find on the canvas"
        placeholder="Find on the canvas"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') store.getState().show({ findOpen: false });
          else if (event.key === 'Enter' && hits.length > 0)
            goTo((at + (event.shiftKey ? -1 : 1) + hits.length) % hits.length);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span className="muted nowrap" role="status">
        {typed && (hits.length === 0 ? 'nothing' : `${Math.max(0, at) + 1} of ${hits.length}`)}
      </span>
    </search>
  );
}
