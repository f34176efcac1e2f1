import type { BulkPreview } from '@waybill/api-contract';
import { useState } from 'react';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { RunNames } from '../../ui/RunNames.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { moneyWords } from '../inbox/task-words.ts';
import { lookedAtWords, previewWords, writeLines } from './bulk-words.ts';

/** What an act would touch: how many, in which states, what is at stake, and some of them. */
export function BulkPreviewBox({ preview }: { preview: BulkPreview }) {
  const statuses = Object.entries(preview.byStatus) as [keyof BulkPreview['byStatus'], number][];
  return (
    <section className="bulk-preview" aria-label="Preview" aria-live="polite">
      <p>
        <strong>{previewWords(preview)}</strong>
      </p>
      {preview.count > 0 && (
        <>
          <div className="row bulk-preview__facts">
            {statuses.map(([status, count]) => (
              <span key={status} className="row">
                <StatusBadge status={status} /> {count.toLocaleString()}
              </span>
            ))}
            {preview.value.map((sum) => (
              <span key={sum.currency} className="bulk-preview__money">
                {moneyWords(sum)} at stake
              </span>
            ))}
          </div>
          {preview.writes && (
            <div className="bulk-preview__writes">
              <h3>What will be written</h3>
              <p className="muted">{lookedAtWords(preview.writes.runs, preview.count)}</p>
              <ul>
                {writeLines(preview.writes, preview.count).map(({ label, tone }) => (
                  <li key={label}>
                    <Badge tone={tone} dot>
                      {label}
                    </Badge>
                  </li>
                ))}
              </ul>
            </div>
          )}
          {preview.refusals.length > 0 && <Refusals refusals={preview.refusals} />}
          <ul className="bulk-preview__sample" aria-label="Some of them">
            {preview.sample.map((run) => (
              <li key={run.id}>
                <span className="truncate">{run.businessKey ?? run.id}</span>
                <span className="truncate muted">{run.flowName}</span>
                <span className="muted">
                  <RelativeTime at={run.acceptedAt} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const mostShown = 5;

/** Runs that stay as they are, each with the reason; the first few until more are asked for. */
function Refusals({ refusals }: Pick<BulkPreview, 'refusals'>) {
  const [all, setAll] = useState(false);
  const hidden = refusals.length - mostShown;
  return (
    <div className="bulk-preview__refusals">
      <h3>They stay as they are</h3>
      <ul>
        {refusals.slice(0, all ? undefined : mostShown).map(({ runId, businessKey, why }) => (
          <li key={runId}>
            <strong>{businessKey ?? runId}</strong>{' '}
            <span className="muted">
              <RunNames message={why} />
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && !all && (
        <Button small onClick={() => setAll(true)}>
          Show {hidden.toLocaleString()} more
        </Button>
      )}
    </div>
  );
}
