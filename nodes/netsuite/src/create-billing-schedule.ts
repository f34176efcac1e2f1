import type { JsonObject, JsonValue } from '@waybill/node-sdk';
import { anyPort, defineNode, keepPriorParam, nodeError, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, given, naturalWrite, reference, upserted } from './client.ts';
import { explain } from './explain.ts';
import { undoWrite, upsert } from './take-back.ts';

/** Makes sure a billing schedule exists, by external id. */
export const createBillingSchedule = defineNode({
  ...connector,
  type: 'netsuite.create-billing-schedule',
  version: 1,
  title: 'Create a billing schedule',
  description: 'Makes sure the billing schedule with this external id exists, with exactly these lines.',
  synonyms: ['invoice plan', 'milestone billing', 'retainer', 'instalments', 'billing plan', 'erp'],
  credentials: { account: netsuiteAccount },
  record: { kind: 'job', id: 'params.projectId' },
  params: {
    externalId: param.text({ label: 'External id', help: 'Letters, digits, _ and -; for example the deal id.' }),
    name: param.text({ label: 'Name' }),
    scheduleType: param.choice({
      label: 'Kind',
      options: [
        { value: 'STD', label: 'Standard' },
        { value: 'CB', label: 'Charge based' },
        { value: 'FPI', label: 'Fixed price, by interval' },
        { value: 'FPM', label: 'Fixed price, by milestone' },
        { value: 'TM', label: 'Time and materials' },
      ],
    }),
    projectId: param.text({ label: 'Project', help: 'Internal id of the project.', optional: true }),
    lines: param.expression({
      label: 'Lines',
      help: 'Instalments or milestones: label, share (percent), date; other fields as in the REST records browser.',
      yields: 'array',
      optional: true,
    }),
    fields: param.mapping({ label: 'More fields', help: 'Names as in the REST records browser.', optional: true }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(upserted, 'Billing schedule') },
  capabilities,
  traits: naturalWrite,
  sample: {
    done: { type: 'billingSchedule', id: '3001', externalId: '006xx0000000001AAA', before: { was: 'absent' } },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    return emit('done', await upsert(context, 'billingSchedule', params.externalId, scheduleFields(params)));
  },
  undo: (context) => undoWrite(context, scheduleFields(context.params)),
});

/** In the words of a flow, or with NetSuite's own fields, which win. */
const milestone = ({ label, share, date, ...own }: JsonObject): JsonObject => ({
  ...given({ comments: label, milestoneAmount: share, milestoneDate: date }),
  ...own,
});

/** An instalment has no field for a text, so its label stays behind. */
const instalment = ({ label: _label, share, date, ...own }: JsonObject): JsonObject => ({
  ...given({ amount: share, recurrenceDate: date }),
  ...own,
});

const lineList = z.array(z.record(z.string(), z.json()) as z.ZodType<JsonObject>);

/** JSONata gives a bare object for a list of one, and lists inside a list for several sources. */
function scheduleLines(value: JsonValue | undefined): JsonObject[] | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = lineList.safeParse([value].flat(9));
  if (parsed.success) return parsed.data;
  throw nodeError('NETSUITE_LINES_INVALID', {
    what: 'The lines of the billing schedule are not a list of objects.',
    fix: 'Let the expression give a list such as input.milestones.{ "amount": amount, "date": dueDate }.',
    owner: 'user',
    engine: 'stop',
  });
}

interface ScheduleParams {
  readonly name: string;
  readonly scheduleType: string;
  readonly projectId: string | undefined;
  readonly lines: JsonValue | undefined;
  readonly fields: JsonObject | undefined;
}

function scheduleFields(params: ScheduleParams): JsonObject {
  const lines = scheduleLines(params.lines);
  const sublist = params.scheduleType === 'FPM' ? 'milestone' : 'recurrence';
  return given({
    ...params.fields,
    name: params.name,
    scheduleType: reference(params.scheduleType),
    project: reference(params.projectId),
    [sublist]: lines && {
      items: lines.map((line) => (sublist === 'milestone' ? milestone(line) : instalment(line))),
    },
  });
}
