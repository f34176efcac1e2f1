import type { StepData } from '@waybill/api-contract';
import { useState } from 'react';

const FIRST = 200;

/** What a step wrote to its log. */
export function LogLines({ lines }: { lines: StepData['log'] }) {
  const [shown, setShown] = useState(FIRST);
  if (lines.length === 0) return <p className="muted">The step wrote nothing to its log.</p>;
  return (
    <div className="log">
      {lines.slice(0, shown).map((line, index) => (
        // Lines have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={index} className={`log__line log__line--${line.level}`}>
          <time dateTime={new Date(line.at).toISOString()} title={new Date(line.at).toLocaleString()}>
            {new Date(line.at).toISOString().slice(11, 23)}
          </time>
          <span className="log__level">{line.level}</span>
          <span>
            {line.message}
            {line.data !== undefined && <code> {JSON.stringify(line.data)}</code>}
          </span>
        </div>
      ))}
      {lines.length > shown && (
        <button type="button" className="tree__more" onClick={() => setShown(shown + FIRST * 5)}>
          {lines.length - shown} more lines
        </button>
      )}
    </div>
  );
}
