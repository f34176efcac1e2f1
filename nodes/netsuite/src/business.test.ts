import { nodeContract } from '@waybill/node-sdk/contract';
import { createBillingSchedule } from './create-billing-schedule.ts';
import { createProject } from './create-project.ts';
import { upsertCustomer } from './upsert-customer.ts';

const REST = '/services/rest/record/v1' as const;
const saved = (type: string, id: string) => ({
  status: 204,
  headers: { location: `https://x.example${REST}/${type}/${id}` },
});
const absent = <const Path extends string>(path: Path) => ({
  request: `GET ${REST}/${path}` as const,
  reply: { status: 404, json: { title: 'Not Found' } },
});

nodeContract(upsertCustomer, {
  fixtures: [
    {
      name: 'sends references as NetSuite wants them',
      params: {
        externalId: 'A1',
        companyName: 'Acme',
        subsidiaryId: '1',
        currencyId: '2',
        fields: { comments: 'From CRM' },
      },
      exchanges: [
        absent('customer/eid:A1'),
        {
          request: `PUT ${REST}/customer/eid:A1`,
          body: {
            comments: 'From CRM',
            companyName: 'Acme',
            isPerson: false,
            subsidiary: { id: '1' },
            currency: { id: '2' },
          },
          reply: saved('customer', '107'),
        },
      ],
      expect: { port: 'done', value: { type: 'customer', id: '107', externalId: 'A1', before: { was: 'absent' } } },
    },
  ],
});

nodeContract(createProject, {
  fixtures: [
    {
      name: 'puts the project under its customer',
      params: {
        externalId: '006',
        companyName: 'Acme rollout',
        customerId: '107',
        startDate: '2026-12-01',
        billingType: 'FBM',
        price: 120_000,
      },
      exchanges: [
        absent('job/eid:006'),
        {
          request: `PUT ${REST}/job/eid:006`,
          body: {
            companyName: 'Acme rollout',
            parent: { id: '107' },
            startDate: '2026-12-01',
            jobBillingType: { id: 'FBM' },
            jobPrice: 120_000,
          },
          reply: saved('job', '2001'),
        },
      ],
      expect: { port: 'done', value: { type: 'job', id: '2001', externalId: '006', before: { was: 'absent' } } },
    },
  ],
});

const schedule = { externalId: '006', name: 'Acme milestones' };
nodeContract(createBillingSchedule, {
  fixtures: [
    {
      name: 'sends milestones, replacing those that were there',
      params: {
        ...schedule,
        scheduleType: 'FPM',
        projectId: '2001',
        lines: { label: 'Go-live', share: 100, date: '2027-03-31', milestoneCompleted: false },
      },
      exchanges: [
        absent('billingSchedule/eid:006?expandSubResources=true'),
        {
          request: `PUT ${REST}/billingSchedule/eid:006?replace=milestone`,
          body: {
            name: 'Acme milestones',
            scheduleType: { id: 'FPM' },
            project: { id: '2001' },
            milestone: {
              items: [
                { comments: 'Go-live', milestoneAmount: 100, milestoneDate: '2027-03-31', milestoneCompleted: false },
              ],
            },
          },
          reply: saved('billingSchedule', '3001'),
        },
      ],
      expect: { port: 'done' },
    },
    {
      name: 'sends instalments',
      params: {
        ...schedule,
        scheduleType: 'FPI',
        lines: [{ label: 'Now', share: 50 }, [{ label: 'Later', share: 50 }]],
      },
      exchanges: [
        absent('billingSchedule/eid:006?expandSubResources=true'),
        {
          request: `PUT ${REST}/billingSchedule/eid:006?replace=recurrence`,
          body: {
            name: 'Acme milestones',
            scheduleType: { id: 'FPI' },
            recurrence: { items: [{ amount: 50 }, { amount: 50 }] },
          },
          reply: saved('billingSchedule', '3001'),
        },
      ],
      expect: { port: 'done' },
    },
    {
      name: 'sends none when none are given',
      params: { ...schedule, scheduleType: 'TM' },
      exchanges: [
        absent('billingSchedule/eid:006'),
        {
          request: `PUT ${REST}/billingSchedule/eid:006`,
          body: { name: 'Acme milestones', scheduleType: { id: 'TM' } },
          reply: saved('billingSchedule', '3001'),
        },
      ],
      expect: { port: 'done' },
    },
    {
      name: 'refuses lines that are none',
      params: { ...schedule, scheduleType: 'STD', lines: 'x' },
      expect: { error: 'NETSUITE_LINES_INVALID' },
    },
  ],
});
