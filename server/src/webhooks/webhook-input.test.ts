import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { signatureFits } from './verify-signature.ts';
import { dedupeKeyOf, inputHeaders, webhookBody } from './webhook-input.ts';

const noon = 1_790_000_000_000;
const body = Buffer.from('{"id":"e1","data":{"n":7}}');
const call = { headers: { 'x-event': 'h1' }, body: JSON.parse(body.toString()), bytes: body };

it('takes the event id from where the trigger says', () => {
  expect(dedupeKeyOf({ kind: 'header', name: 'X-Event' }, call, 'hook', noon)).toBe('hook:hook:h1');
  expect(dedupeKeyOf({ kind: 'body', name: 'id' }, call, 'hook', noon)).toBe('hook:hook:e1');
  expect(dedupeKeyOf({ kind: 'body', name: 'data.n' }, call, 'hook', noon)).toBe('hook:hook:7');
  expect(dedupeKeyOf({ kind: 'none', name: null }, call, 'hook', noon)).toBeUndefined();
});

it('recognises equal bodies of a short time when the id is missing', () => {
  const key = (moment: number, bytes = body) =>
    dedupeKeyOf({ kind: 'body', name: '__proto__.x' }, { ...call, bytes }, 'hook', moment);
  expect(key(noon)).toBe(key(noon + 1_000));
  expect(key(noon)).not.toBe(key(noon + 600_000));
  expect(key(noon)).not.toBe(key(noon, Buffer.from('{}')));
});

it('hides credentials of the caller and groups repeated form fields', () => {
  expect(inputHeaders({ authorization: 'x', cookie: 'y', 'x-a': '1' })).toEqual({ 'x-a': '1' });
  const form = webhookBody({ 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from('a=1&a=2&__proto__=z'));
  expect(JSON.stringify(form)).toBe('{"a":["1","2"],"__proto__":"z"}');
});

it('checks signatures over body and timestamp within their window', () => {
  const secret = 's3cret';
  const seconds = String(noon / 1_000);
  const given = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('base64');
  const rule = { secret, given, prefix: '', timestamp: { value: seconds, windowMs: 300_000 } };
  expect(signatureFits(rule, body, noon + 1_000)).toBe(true);
  expect(signatureFits(rule, body, noon + 301_000)).toBe(false);
  expect(signatureFits({ ...rule, timestamp: { value: null, windowMs: 1 } }, body, noon)).toBe(false);
  expect(
    signatureFits({ ...rule, timestamp: { value: `${Number(seconds) + 1}`, windowMs: 300_000 } }, body, noon),
  ).toBe(false);
  expect(signatureFits({ secret, given: null, prefix: '' }, body, noon)).toBe(false);
});
