import { expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineCredential } from './credential.ts';
import type { ErasedNodeDefinition } from './define-node.ts';
import { defineNode } from './define-node.ts';
import { manifestOf } from './manifest.ts';
import { param } from './param.ts';
import { port } from './port.ts';
import { hours, minutes, seconds } from './time.ts';

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
  version: 2,
  title: 'Book a parcel',
  description: 'Books one parcel.',
  kind: 'connector',
  app: 'Parcelbird',
  icon: 'bird',
  credentials: { account },
  params: {
    recipient: param.text({ label: 'Recipient' }),
    note: param.text({ label: 'Note', optional: true }),
    weightGrams: param.integer({ label: 'Weight (g)', min: 1, max: 30_000 }),
    speed: param.choice({ label: 'Speed', options: ['standard', 'express'], default: 'standard' }),
    lines: param.list({ label: 'Lines', item: { sku: param.text({ label: 'SKU' }) } }),
  },
  inputs: { order: port(z.object({ id: z.string() })) },
  outputs: { booked: port(z.object({ trackingCode: z.string() })) },
  capabilities: { network: ['api.parcelbird.example'] },
  traits: {
    effect: 'write',
    idempotency: { how: 'key', key: ({ order }) => order.id, rememberedForMs: hours(24) },
    retry: { attempts: 4, firstDelayMs: seconds(2), maxDelayMs: minutes(1) },
    timeoutMs: seconds(30),
  },
  async run({ params, input, credentials, http, emit, idempotencyKey }) {
    expectTypeOf(params.recipient).toEqualTypeOf<string>();
    expectTypeOf(params.note).toEqualTypeOf<string | undefined>();
    expectTypeOf(params.speed).toEqualTypeOf<'standard' | 'express'>();
    expectTypeOf(params.lines[0]!.sku).toEqualTypeOf<string>();
    expectTypeOf(input.order.id).toEqualTypeOf<string>();
    const reply = await http.post('/v2/parcels', {
      auth: credentials.account,
      idempotencyKey,
      json: { to: params.recipient },
      replies: { 201: z.object({ tracking: z.string() }) },
    });
    expectTypeOf(reply.json.tracking).toEqualTypeOf<string>();
    return emit('booked', { trackingCode: reply.json.tracking });
  },
});

it('describes a node as data that needs no node code', () => {
  const manifest = manifestOf(bookParcel satisfies ErasedNodeDefinition);
  expect(manifest.type).toBe('parcelbird.book-parcel');
  expect(manifest.traits).toEqual({
    effect: 'write',
    idempotency: { how: 'key', rememberedForMs: 86_400_000 },
    retry: { attempts: 4, firstDelayMs: 2_000, maxDelayMs: 60_000 },
    timeoutMs: 30_000,
  });
  expect(manifest.inputs['order']?.schema).toMatchObject({ type: 'object', required: ['id'] });
  expect(manifest.params['speed']).toMatchObject({
    kind: 'choice',
    options: [{ value: 'standard' }, { value: 'express' }],
  });
  expect(manifest.credentials).toEqual({ account: { type: 'parcelbird', label: 'Parcelbird account' } });
});
