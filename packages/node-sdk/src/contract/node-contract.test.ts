import { expect, it } from 'vitest';
import * as z from 'zod';
import { defineCredential } from '../credential.ts';
import { defineNode } from '../define-node.ts';
import { manifestOf } from '../manifest.ts';
import { param } from '../param.ts';
import { anyPort, port } from '../port.ts';
import { minutes, seconds } from '../time.ts';
import type { Fixture } from './fixture.ts';
import { runNode } from './fixture.ts';
import { badDays, checkRequests, failureOf, withReplyAt } from './http-checks.ts';
import { checkNaming, checkParams, checkPorts, checkTraits } from './manifest-checks.ts';
import { nodeContract } from './node-contract.ts';

const account = defineCredential({
  type: 'parcelbird',
  title: 'Parcelbird account',
  icon: 'bird',
  fields: { token: { kind: 'secret', label: 'Token' } },
  baseUrl: 'https://api.parcelbird.example',
  auth: { scheme: 'bearer', token: '{token}' },
  test: { method: 'GET', path: '/v2/me', statuses: [200] },
});

const bookParcel = defineNode({
  type: 'parcelbird.book-parcel',
  version: 1,
  title: 'Book a parcel',
  description: 'Books one parcel and gives its tracking code.',
  kind: 'connector',
  app: 'Parcelbird',
  icon: 'bird',
  synonyms: ['ship'],
  credentials: { account },
  params: { recipient: param.text({ label: 'Recipient' }) },
  inputs: { in: anyPort('Order') },
  outputs: { booked: port(z.object({ trackingCode: z.string() }), 'Booked') },
  sample: { booked: { trackingCode: 'PB-1' } },
  capabilities: { network: ['connection'] },
  traits: {
    effect: 'write',
    idempotency: { how: 'natural' },
    retry: { attempts: 4, firstDelayMs: seconds(2), maxDelayMs: minutes(1) },
    timeoutMs: seconds(30),
    cannotUndo: 'Parcelbird collects at once.',
  },
  async run({ params, credentials, http, emit, idempotencyKey, correlationId }) {
    const reply = await http.put(`/v2/parcels/${idempotencyKey}`, {
      auth: credentials.account,
      headers: { 'x-correlation-id': correlationId },
      json: { to: params.recipient },
      replies: { 201: z.object({ tracking: z.string() }) },
    });
    return emit('booked', { trackingCode: reply.json.tracking });
  },
});

const booked: Fixture = {
  name: 'books',
  params: { recipient: 'Dana' },
  exchanges: [
    {
      request: 'PUT /v2/parcels/effect-key-1',
      body: { to: 'Dana' },
      reply: { status: 201, json: { tracking: 'PB-7' } },
    },
  ],
  expect: { port: 'booked', value: { trackingCode: 'PB-7' } },
};

nodeContract(bookParcel, { fixtures: [booked] });

it('notices a request that goes to an undeclared host', async () => {
  const stray = { ...bookParcel, capabilities: { network: ['api.parcelbird.example'] } };
  const { requests } = await runNode(stray, { ...booked, http: booked.exchanges ?? [] });
  expect(() => checkRequests(stray, requests)).toThrow('capabilities.network');
});

it('notices a call that does not carry its correlation id', () => {
  const bare = { method: 'GET', url: '/x', slot: 'account', headers: {} } as const;
  expect(() => checkRequests(bookParcel, [bare])).toThrow('calls can be found again');
});

it('notices a write that claims to probe but cannot', () => {
  const claims = {
    ...bookParcel,
    traits: { ...bookParcel.traits, effect: 'write', idempotency: { how: 'probe', lagMs: 0 } },
  } as typeof bookParcel;
  expect(() => checkTraits(claims, manifestOf(claims))).toThrow('probe');
});

it('notices a write that neither can be taken back nor says why not', () => {
  const { cannotUndo: _why, ...silent } = bookParcel.traits as typeof bookParcel.traits & { cannotUndo?: string };
  const mute = { ...bookParcel, traits: silent } as typeof bookParcel;
  expect(() => checkTraits(mute, manifestOf(mute))).toThrow('says why not');
  const both = { ...bookParcel, undo: async () => undefined };
  expect(() => checkTraits(both, manifestOf(both))).toThrow('says why not');
});

it('notices a field without a proper label, and a nameless node', () => {
  const { params } = manifestOf(bookParcel);
  expect(() => checkParams({ recipient: { ...params['recipient']!, label: '' } })).toThrow('label of recipient');
  expect(() => checkNaming({ ...manifestOf(bookParcel), description: 'books' })).toThrow('description');
});

it('notices a sample that does not fit its port', () => {
  const wrong = { ...bookParcel, sample: { booked: { trackingCode: 5 } } };
  expect(() => checkPorts(wrong, manifestOf(wrong))).toThrow('fits its port');
});

it('notices a node that swallows the failure of a call', async () => {
  const deaf = {
    ...bookParcel,
    run: (context: never) => Promise.resolve(bookParcel.run(context)).catch(() => ({ port: 'booked', value: null })),
  };
  const http = withReplyAt(booked, 0, badDays[0]!.reply);
  await expect(failureOf(deaf, booked, http)).rejects.toThrow('expected a failure');
});

it('notices a node that changes its params', async () => {
  const vandal = {
    ...bookParcel,
    run: (context: { params: { recipient: string } }) => {
      context.params.recipient = 'Eve';
      return { port: 'booked', value: null };
    },
  };
  await expect(runNode(vandal, booked)).rejects.toThrow(TypeError);
});
