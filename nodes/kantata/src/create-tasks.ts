import type { JsonObject, JsonValue } from '@waybill/node-sdk';
import { anyPort, defineNode, nodeError, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import { capabilities, connector, probedWrite } from './client.ts';
import { explain } from './explain.ts';
import type { Ensured, Wanted } from './references.ts';
import { ensureRows, findEnsured } from './references.ts';
import { undoTasks } from './take-back.ts';

const taskList = z.array(
  z.looseObject({ title: z.string().min(1), ref: z.string().min(1).optional(), budget: z.number().nullish() }),
);
const createdTask = z.object({ ref: z.string(), id: z.string(), title: z.string(), created: z.boolean() });

/** Creates the tasks of a project in bulk, each with a reference; those that exist are left alone. */
export const createTasks = defineNode({
  ...connector,
  type: 'kantata.create-tasks',
  version: 1,
  title: 'Create tasks',
  description: 'Creates the tasks and milestones of a project that are not there yet, many at a time.',
  synonyms: ['stories', 'work breakdown', 'wbs', 'milestones', 'phases', 'plan', 'psa'],
  credentials: { account: kantataAccount },
  record: { kind: 'workspaces', id: 'params.projectId' },
  params: {
    projectId: param.text({ label: 'Project', help: 'Id of the workspace.' }),
    tasks: param.expression({
      label: 'Tasks',
      help: 'List of objects with a title, if wanted a ref and a budget (not in cents); other fields as in the Kantata API, such as due_date.',
      yields: 'array',
    }),
    ref: param.text({
      label: 'Reference',
      help: 'Id of the record the tasks come from; a task without a ref of its own is known by this and its position.',
      optional: true,
    }),
    serviceName: param.text({ label: 'System of the reference', default: 'salesforce', group: 'Reference' }),
    serviceModel: param.text({ label: 'Kind of record there', default: 'Opportunity', group: 'Reference' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ tasks: z.array(createdTask), created: z.int() }), 'Tasks') },
  capabilities,
  traits: probedWrite,
  sample: { done: { tasks: [{ ref: '00kxx01', id: '912', title: 'Discovery', created: true }], created: 1 } },
  explain,
  async run(context) {
    const { params, emit } = context;
    const ensured = await ensureRows(context, 'stories', wantedTasks(params), { workspace_id: params.projectId });
    return emit('done', summary(ensured));
  },
  async probe(context) {
    const { params, emit } = context;
    const references = wantedTasks(params).map((task) => task.reference);
    const ensured = await findEnsured(context, 'stories', references, { workspace_id: params.projectId });
    return ensured ? emit('done', summary(ensured)) : null;
  },
  undo: undoTasks,
});

interface TaskParams {
  readonly projectId: string;
  readonly tasks: JsonValue;
  readonly ref: string | undefined;
  readonly serviceName: string;
  readonly serviceModel: string;
}

function wantedTasks({ projectId, tasks, ref: base, serviceName, serviceModel }: TaskParams): Wanted[] {
  // Lists inside the list are how JSONata puts several sources together.
  const parsed = taskList.safeParse(tasks === null ? [] : [tasks].flat(9));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw nodeError('KANTATA_TASKS_INVALID', {
      what: `Task ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
      fix: 'Let the expression give a list such as input.lineItems.{ "ref": Id, "title": Description }.',
      owner: 'user',
      engine: 'stop',
    });
  }
  return parsed.data.map(({ ref, budget, ...fields }, index) => ({
    reference: { serviceName, serviceModel, ref: ref ?? (base ? `${base}-${index + 1}` : '') },
    fields: {
      story_type: 'task',
      ...(typeof budget === 'number' ? { budget_estimate_in_cents: Math.round(budget * 100) } : {}),
      ...(fields as JsonObject),
      workspace_id: projectId,
    },
  }));
}

const summary = (ensured: readonly Ensured[]) => ({
  tasks: ensured.map(({ ref, row, created }) => ({
    ref,
    id: String(row['id']),
    title: String(row['title'] ?? ''),
    created,
  })),
  created: ensured.filter((one) => one.created).length,
});
