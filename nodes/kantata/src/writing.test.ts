import type { Exchange } from '@waybill/node-sdk/contract';
import { nodeContract, runNode, undoNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { createProject } from './create-project.ts';
import { createTasks } from './create-tasks.ts';
import { createWithReference } from './create-with-reference.ts';
import { setRateCard } from './set-rate-card.ts';
import { update } from './update.ts';

const API = '/api/v1' as const;
type Row = { id: string; [field: string]: unknown };
const answer = (resource: string, rows: Row[], more: object = {}) => ({
  status: 200,
  json: {
    count: rows.length,
    results: rows.map(({ id }) => ({ key: resource, id })),
    [resource]: Object.fromEntries(rows.map((row) => [row.id, row])),
    ...more,
  },
});
const link = (id: string, model: string, ref: string) => ({
  id: `r${id}`,
  subject_id: id,
  service_name: 'salesforce',
  service_model: model,
  service_model_ref: ref,
});
const links = (...all: ReturnType<typeof link>[]) => ({
  external_references: Object.fromEntries(all.map((one) => [one.id, one])),
});

const lookUp = (resource: string, refs: string, reply: Exchange['reply']): Exchange => ({
  request: `GET ${API}/${resource}?order=created_at%3Aasc&external_reference_service_name=salesforce&external_reference_service_model_refs=${refs}&include=external_references&page=1&per_page=200`,
  reply,
});
// 30 days before the clock of the test.
const marks = (resource: string, scope: string, rows: Row[]): Exchange => ({
  request: `GET ${API}/${resource}?order=created_at%3Aasc&${scope}updated_after=2026-10-21T08%3A00%3A00.000Z&page=1&per_page=200`,
  reply: answer(resource, rows),
});
const writeLink = (subject: string, id: string, model: string, ref: string): Exchange => ({
  request: `POST ${API}/external_references`,
  body: {
    external_reference: {
      subject_type: subject,
      subject_id: id,
      service_name: 'salesforce',
      service_model: model,
      service_model_ref: ref,
    },
  },
  reply: answer('external_references', [{ id: 'r1' }]),
});

const mark = '[waybill salesforce/Opportunity/006]';
const nothing = answer('workspaces', []);
const project = { projectTitle: 'Acme rollout', ref: '006', currency: 'EUR' };
const created = { id: '77', title: 'Acme rollout', description: mark, created_at: '2026-11-20T07:59:00Z' };

nodeContract(createProject, {
  fixtures: [
    {
      name: 'looks up, creates, then writes the reference',
      params: { ...project, priceInCents: 12_000_000, clientId: '61', startDate: '2026-12-01' },
      exchanges: [
        lookUp('workspaces', '006', nothing),
        {
          request: `POST ${API}/workspaces`,
          body: {
            workspace: {
              creator_role: 'maven',
              title: 'Acme rollout',
              currency: 'EUR',
              budgeted: true,
              price_in_cents: 12_000_000,
              start_date: '2026-12-01',
              workspace_group_ids: ['61'],
              description: mark,
            },
          },
          reply: answer('workspaces', [created]),
        },
        writeLink('Workspace', '77', 'Opportunity', '006'),
      ],
      expect: { port: 'done', value: { id: '77', title: 'Acme rollout', created: true } },
    },
    {
      name: 'finds the project the deal already has',
      params: project,
      exchanges: [
        lookUp('workspaces', '006', answer('workspaces', [created], links(link('77', 'Opportunity', '006')))),
      ],
      expect: { port: 'done', value: { id: '77', title: 'Acme rollout', created: false } },
    },
    {
      name: 'adopts what an earlier attempt created before it lost the answer',
      params: project,
      attempt: 2,
      exchanges: [
        lookUp('workspaces', '006', nothing),
        marks('workspaces', '', [{ id: '76', description: 'Other' }, created]),
        writeLink('Workspace', '77', 'Opportunity', '006'),
      ],
      expect: { port: 'done', value: { id: '77', title: 'Acme rollout', created: true } },
    },
    {
      name: 'refuses an empty reference',
      params: { ...project, ref: '' },
      expect: { error: 'KANTATA_REFERENCE_INVALID' },
    },
  ],
  probes: [
    {
      name: 'finds a referenced project',
      params: project,
      exchanges: [
        lookUp('workspaces', '006', answer('workspaces', [created], links(link('77', 'Opportunity', '006')))),
      ],
      finds: { port: 'done', value: { id: '77', title: 'Acme rollout', created: true } },
    },
    {
      name: 'finds a project that was there before and says so',
      params: project,
      exchanges: [
        lookUp(
          'workspaces',
          '006',
          answer(
            'workspaces',
            [{ ...created, created_at: '2026-11-02T08:00:00Z' }],
            links(link('77', 'Opportunity', '006')),
          ),
        ),
      ],
      finds: { port: 'done', value: { id: '77', title: 'Acme rollout', created: false } },
    },
    {
      name: 'finds a project without its reference and completes it',
      params: project,
      exchanges: [
        lookUp('workspaces', '006', nothing),
        marks('workspaces', '', [created]),
        writeLink('Workspace', '77', 'Opportunity', '006'),
      ],
      finds: { port: 'done', value: { id: '77', title: 'Acme rollout', created: true } },
    },
    {
      name: 'finds nothing',
      params: project,
      exchanges: [lookUp('workspaces', '006', nothing), marks('workspaces', '', [])],
      finds: null,
    },
  ],
});

const taskMark = (ref: string) => `[waybill salesforce/Opportunity/${ref}]`;
const tasks = {
  projectId: '77',
  tasks: [
    { ref: 'a', title: 'Discovery' },
    { ref: 'b', title: 'Build', story_type: 'milestone' },
  ],
};
const bothLinks: Exchange = {
  request: `POST ${API}/external_references`,
  reply: answer('external_references', [{ id: 'r1' }, { id: 'r2' }]),
};
nodeContract(createTasks, {
  fixtures: [
    {
      name: 'creates in bulk and tells the rows apart by their marks',
      params: tasks,
      exchanges: [
        lookUp('stories', 'a%2Cb', answer('stories', [])),
        {
          request: `POST ${API}/stories`,
          body: {
            stories: [
              { story_type: 'task', title: 'Discovery', workspace_id: '77', description: taskMark('a') },
              { story_type: 'milestone', title: 'Build', workspace_id: '77', description: taskMark('b') },
            ],
          },
          reply: answer('stories', [
            { id: '2', title: 'Build', description: taskMark('b') },
            { id: '1', title: 'Discovery', description: taskMark('a') },
          ]),
        },
        bothLinks,
      ],
      expect: {
        port: 'done',
        value: {
          tasks: [
            { ref: 'a', id: '1', title: 'Discovery', created: true },
            { ref: 'b', id: '2', title: 'Build', created: true },
          ],
          created: 2,
        },
      },
    },
    {
      name: 'knows tasks without a reference of their own by their position, and takes a budget in major units',
      params: { projectId: '77', ref: '006', tasks: [{ title: 'Discovery', budget: 1_200.5 }] },
      exchanges: [
        lookUp('stories', '006-1', answer('stories', [])),
        {
          request: `POST ${API}/stories`,
          body: {
            story: {
              story_type: 'task',
              budget_estimate_in_cents: 120_050,
              title: 'Discovery',
              workspace_id: '77',
              description: taskMark('006-1'),
            },
          },
          reply: answer('stories', [{ id: '1', title: 'Discovery', description: taskMark('006-1') }]),
        },
        writeLink('Story', '1', 'Opportunity', '006-1'),
      ],
      expect: { port: 'done' },
    },
    {
      name: 'refuses tasks that nothing identifies',
      params: { projectId: '77', tasks: [{ title: 'Discovery' }] },
      expect: { error: 'KANTATA_REFERENCE_INVALID' },
    },
    {
      name: 'has nothing to do without tasks',
      params: { projectId: '77', tasks: null },
      expect: { port: 'done', value: { tasks: [], created: 0 } },
    },
    {
      name: 'refuses two tasks with one reference',
      params: {
        projectId: '77',
        reference: '006',
        tasks: [
          { ref: 'a', title: 'x' },
          { ref: 'a', title: 'y' },
        ],
      },
      expect: { error: 'KANTATA_REFERENCE_INVALID' },
    },
    {
      name: 'refuses a task without title',
      params: { projectId: '77', tasks: [{ ref: 'a' }] },
      expect: { error: 'KANTATA_TASKS_INVALID' },
    },
  ],
  probes: [
    {
      name: 'is not satisfied with half of the tasks, but makes them known as ours',
      params: tasks,
      exchanges: [
        lookUp('stories', 'a%2Cb', answer('stories', [])),
        marks('stories', 'workspace_id=77&', [{ id: '1', title: 'Discovery', description: taskMark('a') }]),
        writeLink('Story', '1', 'Opportunity', 'a'),
      ],
      finds: null,
    },
    {
      name: 'finds all of them',
      params: tasks,
      exchanges: [
        lookUp(
          'stories',
          'a%2Cb',
          answer(
            'stories',
            [{ id: '1' }, { id: '2' }],
            links(link('1', 'Opportunity', 'a'), link('2', 'Opportunity', 'b')),
          ),
        ),
      ],
      finds: { port: 'done' },
    },
  ],
});

const client = {
  resource: 'workspace_groups',
  ref: '001',
  serviceModel: 'Account',
  fields: { name: 'Acme', notes: 'Key client' },
};
const clientMark = 'Key client\n\n[waybill salesforce/Account/001]';
nodeContract(createWithReference, {
  fixtures: [
    {
      name: 'keeps the text of the field that carries the mark',
      params: client,
      exchanges: [
        lookUp('workspace_groups', '001', answer('workspace_groups', [])),
        {
          request: `POST ${API}/workspace_groups`,
          body: { workspace_group: { name: 'Acme', notes: clientMark } },
          reply: answer('workspace_groups', [{ id: '62', name: 'Acme', notes: clientMark }]),
        },
        writeLink('WorkspaceGroup', '62', 'Account', '001'),
      ],
      expect: { port: 'done' },
    },
  ],
  probes: [
    {
      name: 'finds it',
      params: client,
      exchanges: [
        lookUp(
          'workspace_groups',
          '001',
          answer('workspace_groups', [{ id: '62' }], links(link('62', 'Account', '001'))),
        ),
      ],
      finds: { port: 'done' },
    },
    {
      name: 'finds nothing',
      params: client,
      exchanges: [lookUp('workspace_groups', '001', answer('workspace_groups', [])), marks('workspace_groups', '', [])],
      finds: null,
    },
  ],
});

nodeContract(update, {
  fixtures: [
    {
      name: 'puts fields under the singular name',
      params: { resource: 'stories', id: '5', fields: { state: 'started' } },
      exchanges: [
        { request: `GET ${API}/stories/5`, reply: answer('stories', [{ id: '5', state: 'new' }]) },
        {
          request: `PUT ${API}/stories/5`,
          body: { story: { state: 'started' } },
          reply: answer('stories', [{ id: '5', state: 'started' }]),
        },
      ],
      expect: {
        port: 'done',
        value: { id: '5', state: 'started', before: { was: 'there', fields: { state: 'new' } } },
      },
    },
  ],
});

nodeContract(setRateCard, {
  fixtures: [
    {
      name: 'attaches',
      params: { projectId: '77', rateCardId: '101' },
      exchanges: [
        { request: `GET ${API}/workspaces/77`, reply: answer('workspaces', [{ id: '77', rate_card_id: '99' }]) },
        {
          request: `PUT ${API}/workspaces/77`,
          body: { workspace: { rate_card_id: '101' } },
          reply: answer('workspaces', [{ id: '77' }]),
        },
      ],
      expect: {
        port: 'done',
        value: { projectId: '77', rateCardId: '101', before: { was: 'there', fields: { rate_card_id: '99' } } },
      },
    },
  ],
});

it('creates 230 tasks in calls of at most 100', async () => {
  const many = Array.from({ length: 230 }, (_, index) => ({ ref: `t${index}`, title: `Task ${index}` }));
  let nextId = 1;
  const sizes: string[] = [];
  const { outcome } = await runNode(createTasks, {
    params: { projectId: '77', tasks: many },
    async http({ method, url, body }) {
      const resource = /\/api\/v1\/([a-z_]+)/.exec(url)?.[1] ?? '';
      const sent = method === 'POST' ? ((JSON.parse(body ?? '{}') as Record<string, object[]>)[resource] ?? []) : [];
      if (method === 'POST') sizes.push(`${resource} ${sent.length}`);
      const rows = sent.map((row) => ({ ...row, id: String(nextId++) }));
      return { status: 200, headers: {}, body: JSON.stringify(answer(resource, rows).json) };
    },
  });
  expect(sizes).toEqual([
    'stories 100',
    'external_references 100',
    'stories 100',
    'external_references 100',
    'stories 30',
    'external_references 30',
  ]);
  expect(outcome).toMatchObject({ value: { created: 230, tasks: { 229: { ref: 't229', title: 'Task 229' } } } });
});

it('takes back the project it created, gone or not, and lets one stay that was there before', async () => {
  for (const [wasCreated, status, deleted] of [
    [true, 204, 1],
    [true, 404, 1],
    [false, 204, 0],
  ] as const) {
    const emitted = { port: 'done', value: { id: '77', title: 'Acme rollout', created: wasCreated } };
    const http = async () => ({ status, headers: {}, body: '' });
    const { requests } = await undoNode(createProject, { params: project, emitted, http });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array.from({ length: deleted }, () => `DELETE ${API}/workspaces/77`),
    );
  }
});

it('takes back only the tasks it created, the last first', async () => {
  const task = (id: string, created: boolean) => ({ ref: id, id, title: `Task ${id}`, created });
  const value = { tasks: [task('1', true), task('2', false), task('3', true)], created: 2 };
  const { requests, logs } = await undoNode(createTasks, {
    params: tasks,
    emitted: { port: 'done', value },
    http: async () => ({ status: 404, headers: {}, body: '' }),
  });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `DELETE ${API}/stories/3`,
    `DELETE ${API}/stories/1`,
  ]);
  expect(logs[0]?.message).toContain('1 of 3 were there before');
});
