import type { Task } from '@waybill/api-contract';
import { api } from '../../api/client.ts';
import { FactsTable } from '../data/FactsTable.tsx';
import { refreshTasks } from './refresh-tasks.ts';

/** What is known, to decide without leaving the inbox; also what hidden fields of the form hold, once it is shown. */
export function TaskFacts({ task }: { task: Task }) {
  const hiddenFields = task.form.fields.filter((field) => field.masked);
  const isHidden = hiddenFields.length > 0 || task.facts.some(isPartlyHidden);
  return (
    <FactsTable
      label="Facts"
      facts={[
        ...task.facts,
        ...hiddenFields.map(({ name, label }) => ({ label: `${label} (form)`, value: null, masked: true, name })),
      ]}
      mayReveal={task.may.reveal && isHidden}
      onReveal={async (reason) => {
        const { facts, form } = await api('revealTask', { params: { taskId: task.id }, body: { reason } });
        void refreshTasks();
        return [
          ...facts,
          ...hiddenFields.map(({ name, label }) => ({ label: `${label} (form)`, value: form[name] ?? null })),
        ];
      }}
    />
  );
}

const isPartlyHidden = ({ masked, value }: Task['facts'][number]): boolean =>
  masked || (typeof value === 'object' && value !== null && JSON.stringify(value).includes('•••'));
