import { readBack } from '@waybill/flow-model';
import { useDeferredValue, useMemo, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { useEditor } from '../state/editor-store.ts';

/** Whoever reads more than this has decided to. */
const SHOWN = 60;

/** What the flow does in sentences. Worked out after the canvas is drawn: of a large flow that takes longer than drawing it. */
export function InWords() {
  const flow = useDeferredValue(
    useEditor((state) => state.flow),
    null,
  );
  const catalog = useEditor((state) => state.catalog);
  const [all, setAll] = useState(false);
  const sentences = useMemo(() => (flow === null ? [] : readBack(flow, catalog)), [flow, catalog]);
  if (sentences.length === 0) return null;
  const shown = all ? sentences : sentences.slice(0, SHOWN);
  return (
    <section>
      <h3 className="label-caps">In words</h3>
      <ol className="readback">
        {shown.map((sentence, index) => (
          // Sentences have no identity but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index}>{sentence}</li>
        ))}
      </ol>
      {shown.length < sentences.length && (
        <Button small onClick={() => setAll(true)}>
          Show all {sentences.length.toLocaleString()} sentences
        </Button>
      )}
    </section>
  );
}
