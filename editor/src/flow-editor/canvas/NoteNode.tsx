import type { Note } from '@waybill/flow-model';
import type { NodeProps } from '@xyflow/react';
import { NodeResizer } from '@xyflow/react';
import { memo, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { useDetail } from './detail.ts';
import { MarkdownLight } from './MarkdownLight.tsx';

const colors: readonly NonNullable<Note['color']>[] = ['yellow', 'blue', 'green', 'red', 'grey'];

/** A sticky note: a double click edits it. */
export const NoteNode = memo(function NoteNode({ id, selected }: NodeProps) {
  const store = useEditorStore();
  const note = useEditor((state) => state.flow.notes[id]);
  const readOnly = useEditor((state) => state.readOnly);
  const far = useDetail() === 'far';
  const isPointedAt = useEditor((state) => state.pointedAt === id);
  const [editing, setEditing] = useState(false);
  if (!note || (far && !selected && !isPointedAt)) return null;
  const put = (change: Partial<Note>, mergeKey?: string) =>
    store
      .getState()
      .apply(
        { op: 'put-note', id, note: { ...note, ...change } },
        { label: 'Edit note', ...(mergeKey ? { mergeKey } : {}) },
      );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard edits a note with Enter, see the commands
    <div
      className={classNames('note', `note--${note.color ?? 'yellow'}`, selected && 'note--selected')}
      onDoubleClick={() => !readOnly && setEditing(true)}
    >
      <NodeResizer
        isVisible={selected && !readOnly}
        minWidth={120}
        minHeight={64}
        onResizeEnd={(_, { x, y, width, height }) =>
          store.getState().apply({ op: 'set-box', id, box: { x, y, width, height } }, { label: 'Resize note' })
        }
      />
      {selected && !readOnly && (
        <div className="note__colors nodrag">
          {colors.map((color) => (
            <button
              key={color}
              type="button"
              aria-label={`Colour ${color}`}
              aria-pressed={(note.color ?? 'yellow') === color}
              className={`note--${color}`}
              onClick={() => put({ color })}
            />
          ))}
        </div>
      )}
      {editing ? (
        <textarea
          // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
          autoFocus
          className="nodrag nowheel"
          aria-label="Text of the note"
          value={note.text}
          onChange={(event) => put({ text: event.target.value.slice(0, 10_000) }, `note ${id}`)}
          onBlur={() => setEditing(false)}
          onKeyDown={(event) => event.key === 'Escape' && setEditing(false)}
        />
      ) : (
        <div className="note__text">{!far && <MarkdownLight text={note.text || '*Double-click to write*'} />}</div>
      )}
    </div>
  );
});
