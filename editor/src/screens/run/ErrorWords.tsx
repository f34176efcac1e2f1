import type { StepView } from '@waybill/api-contract';
import { TriangleAlert } from 'lucide-react';
import { plainWords } from '../../ui/plain-words.ts';

type ErrorRecord = NonNullable<StepView['error']>;

const owners: Record<ErrorRecord['owner'], string> = {
  user: 'Yours to fix',
  provider: 'The other system’s to fix',
  engine: 'Waybill’s to fix',
};
const next: Record<ErrorRecord['engine'], string> = {
  retry: 'tried again by itself',
  stop: 'not tried again',
  pause: 'waits for a person',
};

/** An error in words: what happened, what to do, whose it is. */
export function ErrorWords({ error }: { error: ErrorRecord }) {
  return (
    <div className="callout callout--failed error-words" role="alert">
      <TriangleAlert size={16} aria-hidden />
      <div>
        <strong>{plainWords(error.what)}</strong>
        <p>{plainWords(error.fix)}</p>
        <p className="error-words__foot">
          <span>{owners[error.owner]}</span>
          <span>{next[error.engine]}</span>
          <code>{error.code}</code>
        </p>
        {(error.detail || error.stack) && (
          <details>
            <summary>Technical details</summary>
            <pre>{[error.detail, error.stack].filter(Boolean).join('\n\n')}</pre>
          </details>
        )}
      </div>
    </div>
  );
}
