import { flowOf } from './test-server.ts';

/** The check reads what came in; the exception corrects it and has the check run again. */
export const checkedFlow = (id: string) => {
  const flow = flowOf(
    id,
    {
      start: { type: 'core.webhook', params: { path: 'in' } },
      check: {
        type: 'core.set',
        title: 'What does the deal say?',
        params: { mode: 'replace', fields: { taxId: { $: 'input.body.taxId' }, deal: { $: 'input.body.deal' } } },
      },
      complete: { type: 'core.if', params: { condition: '$substring(steps.check.taxId, 0, 2) = "DE"' } },
      raise: {
        type: 'core.raise-exception',
        title: 'The deal is not complete',
        params: {
          problem: { $: '"No project can be made of " & steps.check.deal' },
          whenFixed: 'check-again',
          backTo: 'check',
          amount: 900,
          currency: 'EUR',
          dueIn: 3_600_000,
          groups: [{ name: 'deal-desk' }],
          form: [
            { name: 'taxId', label: 'Tax id', kind: 'text', required: true, corrects: 'body.taxId' },
            { name: 'entity', label: 'Legal entity', kind: 'choice', options: 'DE01, UK01', corrects: 'body.entity' },
          ],
        },
      },
      done: { type: 'core.set', params: { mode: 'replace', fields: { taxId: { $: 'steps.check.taxId' } } } },
    },
    ['start.received>check.in', 'check.done>complete.in', 'complete.false>raise.in', 'complete.true>done.in'],
  );
  flow.settings = { businessKey: { $: 'trigger.body.deal' } };
  return flow;
};
