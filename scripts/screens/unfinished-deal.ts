/** A deal without a customer: completed at the deal desk, still incomplete, said to be fixed, and back once more. */
import { addDeals } from '../../test/support/crm-deals.ts';
import { closeDeal, type DemoPlatform } from '../../test/support/demo-platform.ts';
import { until } from '../../test/support/until.ts';

const name = 'Harbour service desk';

/** @returns the exception that came back, and its run. */
export async function checkAgain(demo: DemoPlatform): Promise<{ exceptionId: string; runId: string }> {
  const [dealId = ''] = await addDeals(demo, [{ name, amount: 24_000, lacks: ['AccountId'] }]);
  await closeDeal(demo, dealId);
  const open = await until('the task of the deal desk', async () => {
    const { items } = await demo.api('listTasks', { query: { view: 'all', text: name, limit: 10 } });
    return items.find(({ title }) => title.startsWith('Complete the deal'));
  });
  await settle(demo, open.id, { taxId: 'DE999000111' });
  const exception = await until('the exception', async () => {
    const { items } = await demo.api('listExceptions', { query: { limit: 100 } });
    return items.find(({ title }) => title.includes(name));
  });
  await settle(demo, exception.id, { taxId: 'DE999000112' });
  await until('its return', async () => (await demo.api('getTask', { params: { taskId: exception.id } })).round === 1);
  return { exceptionId: exception.id, runId: exception.runId };
}

/** Says yes, with what the form began with but for what is given. */
async function settle(demo: DemoPlatform, taskId: string, given: Record<string, string>): Promise<void> {
  const { form, outcomes, round } = await demo.api('getTask', { params: { taskId } });
  const known = form.fields.flatMap(({ name: field, default: start }) => (start === undefined ? [] : [[field, start]]));
  const yes = outcomes.find(({ tone }) => tone === 'positive')?.name ?? '';
  const answers = Object.fromEntries([...known, ...Object.entries(given)]);
  const asked = new Set(form.fields.map((field) => field.name));
  await demo.api('decideTask', {
    params: { taskId },
    body: {
      outcome: yes,
      round,
      comment: 'From the commercial register.',
      form: Object.fromEntries(Object.entries(answers).filter(([field]) => asked.has(field))),
    },
  });
}
