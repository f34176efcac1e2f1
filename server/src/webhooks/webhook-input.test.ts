import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { signatureFits } from './verify-signature.ts';
import { bodyKeys, dedupeKeyOf, inputHeaders, webhookBody } from './webhook-input.ts';

const noon = 1_790_000_000_000;
const body = Buffer.from('{"id":"e1","data":{"n":7}}');
const call = { headers: { 'x-event': 'h1' }, body: JSON.parse(body.toString()), bytes: body };

const keyOf = (from: Parameters<typeof dedupeKeyOf>[0], given: Parameters<typeof dedupeKeyOf>[1] = call) =>
  dedupeKeyOf(from, given, 'hook', noon, bodyKeys());
const byId = (text: string) => {
  const bytes = Buffer.from(text);
  return keyOf({ kind: 'body', name: 'id' }, { headers: {}, body: JSON.parse(text), bytes });
};

it('takes the event id from where the trigger says', () => {
  expect(keyOf({ kind: 'header', name: 'X-Event' })).toBe('hook:hook:h1');
  expect(keyOf({ kind: 'body', name: 'id' })).toBe('hook:hook:e1');
  expect(keyOf({ kind: 'body', name: 'data.n' })).toBe('hook:hook:7');
  expect(keyOf({ kind: 'none', name: null })).toBeUndefined();
});

it('takes no two ids for one: numbers beyond what can be counted, long ones, half characters, other spellings', () => {
  const long = 'x'.repeat(150);
  const ids = [
    ...['9007199254740992', '9007199254740993', '12345678901234567890', '12345678901234567891', '1e400', '2e400'],
    ...[
      `"${long}a"`,
      `"${long}b"`,
      '"\\ud800"',
      '"\\ud801"',
      '"\\ufffd"',
      '"é"',
      '"e\\u0301"',
      '"E1"',
      '"e1"',
      '"e1 "',
    ],
  ];
  const keys = ids.map((id) => byId(`{"id":${id}}`));
  expect(new Set(keys).size).toBe(ids.length);
  expect(ids.map((id) => byId(`{"id":${id}}`))).toEqual(keys);
  expect(byId('{"id":17}')).toBe(byId('{"id":"17","sent":"again"}'));
});

it('recognises equal bodies of a short time when the id is missing, also across a five-minute mark', () => {
  const keyOfBody = bodyKeys();
  const key = (moment: number, bytes = body) =>
    dedupeKeyOf({ kind: 'body', name: '__proto__.x' }, { ...call, bytes }, 'hook', moment, keyOfBody);
  const mark = Math.ceil(noon / 300_000) * 300_000;
  const first = key(mark - 1);
  expect(key(mark + 1_000)).toBe(first);
  expect(key(mark + 298_000)).toBe(first);
  expect(key(mark + 600_000)).not.toBe(first);
  expect(key(mark + 1_000, Buffer.from('{}'))).not.toBe(first);
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
