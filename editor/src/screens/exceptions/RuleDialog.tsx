import type { RoutingRule } from '@waybill/api-contract';
import { exceptionClassNames, exceptionClassSchema } from '@waybill/api-contract';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';
import { classLabels } from './exception-words.ts';

const hourMs = 3_600_000;
const priorities = ['low', 'normal', 'high', 'urgent'] as const;

interface RuleDialogProps {
  rule: RoutingRule;
  flows: readonly { id: string; name: string }[];
  onClose: () => void;
  onSave: (rule: RoutingRule) => void;
}

const hoursText = (ms: number | null): string => (ms === null ? '' : String(ms / hourMs));
const msOf = (hours: string): number | null => {
  const value = Number(hours.replace(',', '.'));
  return hours.trim() === '' || !(value > 0) ? null : Math.round(value * hourMs);
};

/** One routing rule: what it fits, and who gets it. */
export function RuleDialog({ rule, flows, onClose, onSave }: RuleDialogProps) {
  const [draft, setDraft] = useState(rule);
  const [sla, setSla] = useState(hoursText(rule.slaMs));
  const [ladder, setLadder] = useState(
    rule.escalation.map((step, at) => ({ key: at, hours: hoursText(step.afterMs), group: step.group })),
  );
  const sending = useSending();
  const put = <K extends keyof RoutingRule>(key: K, value: RoutingRule[K]) => setDraft({ ...draft, [key]: value });
  const steps = ladder.map((step) => ({ afterMs: msOf(step.hours), group: step.group.trim() }));
  const broken = steps.some((step) => step.afterMs === null || step.group === '');
  const save = async () =>
    onSave({
      ...draft,
      owner: draft.owner.trim(),
      app: draft.app?.trim() || null,
      slaMs: msOf(sla),
      escalation: steps.flatMap(({ afterMs, group }) => (afterMs === null ? [] : [{ afterMs, group }])),
    });
  return (
    <FormDialog
      onClose={onClose}
      title="Routing rule"
      about="The first rule that fits decides. Leave a condition empty to let it fit everything."
      sending={sending}
      sound={draft.owner.trim() !== '' && !broken}
      perform={save}
      act="Take over"
      leave="Cancel"
    >
      <SelectField
        label="Class"
        value={draft.class ?? ''}
        onChange={(name) => put('class', exceptionClassSchema.nullable().catch(null).parse(name))}
        options={[
          { value: '', label: 'Any class' },
          ...exceptionClassNames.map((name) => ({ value: name, label: classLabels[name] })),
        ]}
      />
      <SelectField
        label="Flow"
        value={draft.flowId ?? ''}
        onChange={(id) => put('flowId', id || null)}
        options={[{ value: '', label: 'Any flow' }, ...flows.map((flow) => ({ value: flow.id, label: flow.name }))]}
      />
      <TextField
        label="System"
        required={false}
        placeholder="NetSuite"
        value={draft.app ?? ''}
        onChange={(app) => put('app', app || null)}
      />
      <TextField
        label="Value at stake from"
        required={false}
        type="number"
        min={0}
        value={draft.minValue ?? ''}
        onChange={(text) => put('minValue', text === '' ? null : Math.max(0, Number(text)))}
      />
      <TextField
        label="Owner"
        help="A role or group."
        value={draft.owner}
        maxLength={64}
        error={sending.tried && draft.owner.trim() === '' ? 'Say who gets it.' : undefined}
        onChange={(owner) => put('owner', owner)}
      />
      <SelectField
        label="Priority"
        value={draft.priority ?? ''}
        onChange={(name) => put('priority', priorities.find((one) => one === name) ?? null)}
        options={[
          { value: '', label: 'As usual' },
          { value: 'low', label: 'Low' },
          { value: 'normal', label: 'Normal' },
          { value: 'high', label: 'High' },
          { value: 'urgent', label: 'Urgent' },
        ]}
      />
      <TextField
        label="To be fixed within (hours)"
        required={false}
        type="number"
        min={0}
        step="any"
        value={sla}
        onChange={setSla}
      />
      {ladder.map((step) => {
        const set = (change: Partial<typeof step>) =>
          setLadder(ladder.map((other) => (other.key === step.key ? { ...other, ...change } : other)));
        return (
          <div key={step.key} className="rule__step">
            <TextField
              label="Escalate after (hours)"
              type="number"
              min={0}
              step="any"
              value={step.hours}
              error={sending.tried && msOf(step.hours) === null ? 'Enter hours.' : undefined}
              onChange={(hours) => set({ hours })}
            />
            <TextField
              label="To"
              value={step.group}
              error={sending.tried && step.group.trim() === '' ? 'Enter a role or group.' : undefined}
              onChange={(group) => set({ group })}
            />
            <IconButton
              label="Remove this escalation"
              icon={Trash2}
              small
              onClick={() => setLadder(ladder.filter((other) => other.key !== step.key))}
            />
          </div>
        );
      })}
      <Button
        small
        icon={Plus}
        onClick={() => setLadder([...ladder, { key: (ladder.at(-1)?.key ?? -1) + 1, hours: '', group: '' }])}
      >
        Add an escalation
      </Button>
    </FormDialog>
  );
}
