import type { RoutingRule } from '@waybill/api-contract';
import { ArrowDown, ArrowUp, Pencil, Plus, Route, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { keyOf, useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button, IconButton } from '../../ui/Button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { toast } from '../../ui/toasts.ts';
import { RuleDialog } from './RuleDialog.tsx';
import { conditionWords, moved, newRule, outcomeWords } from './routing-words.ts';
import { TryRules } from './TryRules.tsx';
import './exceptions.css';

/** Who gets which exception: rules in order, and a line to try them. */
export function RoutingPanel() {
  const stored = useApiQuery('getRoutingRules', {});
  if (stored.data)
    return <Rules key={stored.data.revision} rules={stored.data.rules} revision={stored.data.revision} />;
  return stored.error ? (
    <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />
  ) : (
    <SkeletonRows rows={5} />
  );
}

function Rules({ rules: saved, revision }: { rules: RoutingRule[]; revision: number }) {
  const mayEdit = useMay()('exceptions.route');
  const listed = useApiQuery('listFlows', { query: { limit: 200 } });
  const flows = (listed.data?.items ?? []).map(({ id, name }) => ({ id, name }));
  const flowName = (id: string) => flows.find((flow) => flow.id === id)?.name ?? id;
  const [rules, setRules] = useState<readonly RoutingRule[]>(saved);
  const [editing, setEditing] = useState<RoutingRule | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const changed = rules !== saved;

  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const now = await api('putRoutingRules', { body: { rules: [...rules], revision } });
      queryClient.setQueryData(keyOf('getRoutingRules', {}), now);
      toast('The rules are saved. They count for new exceptions.');
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  const remove = (rule: RoutingRule) => {
    const before = rules;
    setRules(rules.filter((other) => other.id !== rule.id));
    toast('The rule is removed; save to keep it so.', { action: { label: 'Undo', perform: () => setRules(before) } });
  };
  const takeOver = (rule: RoutingRule) => {
    const known = rules.some((other) => other.id === rule.id);
    setRules(known ? rules.map((other) => (other.id === rule.id ? rule : other)) : [...rules, rule]);
    setEditing(null);
  };
  return (
    <>
      <div className="toolbar">
        <p className="muted">
          The first rule that fits decides. What no rule fits goes to the owner named in its flow.
        </p>
        {mayEdit && (
          <span className="toolbar__end row">
            {changed && <Badge tone="waiting">Not saved</Badge>}
            <Button icon={Plus} onClick={() => setEditing(newRule(crypto.randomUUID()))}>
              Add rule
            </Button>
            <Button look="primary" icon={Save} disabled={!changed || busy} onClick={() => void save()}>
              Save
            </Button>
          </span>
        )}
      </div>
      {problem && (
        <p className="callout callout--failed" role="alert">
          {problem.what} {problem.fix}
        </p>
      )}
      <div className="sheet">
        {rules.length === 0 ? (
          <EmptyState icon={Route} title="No rules yet">
            Every exception goes to the owner its flow names, else to the operators.
          </EmptyState>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">What it fits</th>
                <th scope="col">Who gets it</th>
                {mayEdit && (
                  <th scope="col">
                    <span className="sr-only">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rules.map((rule, at) => (
                <tr key={rule.id}>
                  <td>{at + 1}</td>
                  <td>{conditionWords(rule, flowName)}</td>
                  <td>{outcomeWords(rule)}</td>
                  {mayEdit && (
                    <td className="table__actions">
                      <IconButton
                        label={`Move rule ${at + 1} up`}
                        icon={ArrowUp}
                        small
                        disabled={at === 0}
                        onClick={() => setRules(moved(rules, at, -1))}
                      />
                      <IconButton
                        label={`Move rule ${at + 1} down`}
                        icon={ArrowDown}
                        small
                        disabled={at === rules.length - 1}
                        onClick={() => setRules(moved(rules, at, 1))}
                      />
                      <IconButton label={`Edit rule ${at + 1}`} icon={Pencil} small onClick={() => setEditing(rule)} />
                      <IconButton label={`Remove rule ${at + 1}`} icon={Trash2} small onClick={() => remove(rule)} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <TryRules rules={rules} flows={flows} />
      {editing && <RuleDialog rule={editing} flows={flows} onClose={() => setEditing(null)} onSave={takeOver} />}
    </>
  );
}
