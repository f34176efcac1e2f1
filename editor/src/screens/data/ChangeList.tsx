import type { JsonValue } from '@waybill/flow-model';
import type { ValueChange } from './value-changes.ts';

const shownChanges = 50;
const text = (value: JsonValue | undefined): string => {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
};

/** Changes of a value, each with where it is, what it was and what it becomes. */
export function ChangeList({ changes, label }: { changes: readonly ValueChange[]; label: string }) {
  if (changes.length === 0) return <p className="muted">Nothing is changed yet.</p>;
  return (
    <section className="changes" aria-label={label}>
      <ul>
        {changes.slice(0, shownChanges).map(({ path, before, after }) => (
          <li key={path}>
            <code className="changes__path">{path || 'the whole value'}</code>
            <del>{text(before)}</del>
            <ins>{text(after)}</ins>
          </li>
        ))}
      </ul>
      {changes.length > shownChanges && <p className="muted">and {changes.length - shownChanges} more</p>}
    </section>
  );
}
