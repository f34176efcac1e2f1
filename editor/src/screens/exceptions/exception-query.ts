import type { ExceptionFilterQuery } from '@waybill/api-contract';
import { ageBandNames, exceptionClassNames, slaStateNames } from '@waybill/api-contract';

const exceptionViews = ['causes', 'list', 'sums'] as const;
export type ExceptionView = (typeof exceptionViews)[number];
const exceptionOrders = ['oldest', 'newest', 'due', 'value'] as const;
export type ExceptionOrder = (typeof exceptionOrders)[number];

const oneOf = <T extends string>(names: readonly T[], given: string | null): T | undefined =>
  names.find((name) => name === given);

export interface ExceptionsQuery {
  view: ExceptionView;
  order: ExceptionOrder;
  filter: ExceptionFilterQuery;
}

/** The address says everything about the list; what it gets wrong is left out. Pure. */
export function exceptionsQuery(search: URLSearchParams): ExceptionsQuery {
  const text = (name: string) => search.get(name) || undefined;
  const minValue = Number(search.get('min'));
  return {
    view: oneOf(exceptionViews, search.get('view')) ?? 'causes',
    order: oneOf(exceptionOrders, search.get('order')) ?? 'oldest',
    filter: {
      status: oneOf(['open', 'decided', 'expired', 'cancelled'] as const, search.get('status')) ?? 'open',
      class: oneOf(exceptionClassNames, search.get('class')),
      flowId: text('flow'),
      owner: text('owner'),
      age: oneOf(ageBandNames, search.get('age')),
      sla: oneOf(slaStateNames, search.get('sla')),
      minValue: search.get('min') && Number.isFinite(minValue) && minValue > 0 ? minValue : undefined,
      fingerprint: text('cause'),
      tag: text('tag'),
      text: text('q'),
    },
  };
}
