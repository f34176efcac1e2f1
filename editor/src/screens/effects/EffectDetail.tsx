import type { Effect } from '@waybill/api-contract';
import { History } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { Link } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ListState } from '../../ui/States.tsx';
import { AboutLink } from '../about/AboutLink.tsx';
import { CopyButton } from '../data/CopyButton.tsx';
import { effectLooks, inOrder, noteWords, safetyWords, systemWords } from './effect-words.ts';

const stepAddress = ({ runId, step }: Effect): string =>
  `/runs/${encodeURIComponent(runId)}?${new URLSearchParams({ step })}`;
const moment = (at: number): string => new Date(at).toLocaleString();

/** One write: what is known of it. */
export function EffectDetail({ effect, onClose }: { effect: Effect; onClose: () => void }) {
  const look = effectLooks[effect.state];
  return (
    <Dialog open as="drawer" onClose={onClose} title={effect.nodeTitle} about={systemWords(effect)} width={480}>
      <div className="stack effect-detail">
        <p className="row">
          <Badge tone={look.tone} dot>
            {look.label}
          </Badge>
          {effect.mode === 'test' && <Badge tone="accent">Test</Badge>}
          <span>{noteWords(effect)}</span>
        </p>
        <dl>
          {effect.businessKey !== null && (
            <>
              <dt>About</dt>
              <dd>
                <AboutLink businessKey={effect.businessKey} onClick={onClose} />{' '}
                <Link href={`/effects?${new URLSearchParams({ key: effect.businessKey })}`} onClick={onClose}>
                  all its writes
                </Link>
              </dd>
            </>
          )}
          <dt>Flow</dt>
          <dd>
            <Link href={`/flows/${effect.flowId}`}>{effect.flowName}</Link>
          </dd>
          <dt>Run</dt>
          <dd>
            <Link href={stepAddress(effect)}>Open the step in its run</Link>
          </dd>
          <dt>First planned</dt>
          <dd>{moment(effect.firstAt)}</dd>
          <dt>Last change</dt>
          <dd>
            {moment(effect.updatedAt)}, try {effect.attempt}
          </dd>
          <dt>If sent twice</dt>
          <dd>{safetyWords(effect.safety)}</dd>
          <dt>Key</dt>
          <dd className="row">
            <code className="truncate" title={effect.effectKey}>
              {effect.effectKey}
            </code>
            <CopyButton text={effect.effectKey} label="Copy the effect key" />
          </dd>
        </dl>
        {effect.businessEffectKey !== null && <InAllRuns effect={effect} sameAs={effect.businessEffectKey} />}
      </div>
    </Dialog>
  );
}

/** What the same step did for the same business object in any run. */
function InAllRuns({ effect, sameAs }: { effect: Effect; sameAs: string }) {
  const history = useApiQuery('listEffects', { query: { sameAs, limit: 100 } });
  return (
    <>
      <h3>In all runs</h3>
      <ListState
        query={history}
        isEmpty={({ items }) => items.length === 0}
        empty={<p className="muted">Nothing else is known of this step for this business object.</p>}
      >
        {({ items }) => (
          <ol className="effect-detail__history">
            {inOrder(items).map((one) => (
              <li key={one.effectKey}>
                <History size={14} aria-hidden />
                <span>
                  <span className="row">
                    <Badge tone={effectLooks[one.state].tone}>{effectLooks[one.state].label}</Badge>
                    <Link href={stepAddress(one)}>{moment(one.firstAt)}</Link>
                    {one.effectKey === effect.effectKey && <span className="muted">this one</span>}
                  </span>
                  <span className="muted">{noteWords(one)}</span>
                </span>
              </li>
            ))}
          </ol>
        )}
      </ListState>
    </>
  );
}
