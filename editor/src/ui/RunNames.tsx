import { Link } from '../app/router.tsx';
import { partsWithRuns } from './run-names.ts';

/** A message in which each run it names is a link to that run. */
export function RunNames({ message }: { message: string }) {
  return partsWithRuns(message).map(({ at, text, runId }) =>
    runId === null ? (
      text
    ) : (
      <Link key={at} href={`/runs/${runId}`} className="run-name" title={runId}>
        {text}
      </Link>
    ),
  );
}
