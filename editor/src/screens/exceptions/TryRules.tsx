import type { ExceptionClassName, RoutingRule } from '@waybill/api-contract';
import { exceptionClassNames } from '@waybill/api-contract';
import { useDeferredValue, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { Select } from '../../ui/Field.tsx';
import { classLabels } from './exception-words.ts';
import { outcomeWords } from './routing-words.ts';

interface TryRulesProps {
  /** As they stand on screen, saved or not. */
  rules: readonly RoutingRule[];
  flows: readonly { id: string; name: string }[];
}

/** One line that says who would get a problem like this. */
export function TryRules({ rules, flows }: TryRulesProps) {
  const [kind, setKind] = useState<ExceptionClassName>('value');
  const [flowId, setFlowId] = useState('');
  const [app, setApp] = useState('');
  const [amount, setAmount] = useState('');
  const problem = useDeferredValue({
    class: kind,
    flowId: flowId || null,
    app: app.trim() || null,
    amount: amount === '' || !Number.isFinite(Number(amount)) ? null : Number(amount),
  });
  const result = useApiQuery('tryRoutingRules', { body: { rules: [...rules], problem } });
  return (
    <section className="sheet sheet--pad try-rules" aria-label="Try the rules">
      <h2 className="label-caps">Try it</h2>
      <div className="try-rules__line">
        <Select
          aria-label="Class to try"
          value={kind}
          onChange={(name) => setKind(exceptionClassNames.find((one) => one === name) ?? 'value')}
          options={exceptionClassNames.map((name) => ({ value: name, label: classLabels[name] }))}
        />
        <Select
          aria-label="Flow to try"
          value={flowId}
          onChange={setFlowId}
          options={[{ value: '', label: 'Some flow' }, ...flows.map((flow) => ({ value: flow.id, label: flow.name }))]}
        />
        <input
          className="input"
          aria-label="System to try"
          placeholder="System"
          value={app}
          onChange={(event) => setApp(event.target.value)}
        />
        <input
          className="input"
          aria-label="Value to try"
          placeholder="Value"
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
        />
      </div>
      <p role="status">
        {result.data ? (
          <>
            <span className="muted">
              {result.data.rule === null ? 'No rule fits, so it goes to ' : `By rule ${result.data.rule} it goes to `}
            </span>
            <strong>{outcomeWords(result.data)}</strong>
          </>
        ) : (
          <span className="muted">…</span>
        )}
      </p>
    </section>
  );
}
