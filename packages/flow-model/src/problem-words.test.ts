import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from './error.ts';
import { exceptionClasses } from './exception-class.ts';
import { errorRecordOf, normalisedMessage, problemWords } from './problem-words.ts';

const anError = (code: string, rest: Partial<ErrorRecord> = {}): ErrorRecord => ({
  code,
  what: 'It did not work.',
  fix: 'Correct it.',
  owner: 'user',
  engine: 'stop',
  ...rest,
});
const classOf = (code: string, rest?: Partial<ErrorRecord>) => problemWords(anError(code, rest)).class;

describe('the class of an error', () => {
  it.each([
    ['LOOKUP_MISSING', 'missing-reference'],
    ['NETSUITE_DUPLICATE', 'duplicate'],
    ['SALESFORCE_LIMIT_REACHED', 'rate-limit'],
    ['SALESFORCE_ROW_LOCKED', 'intermittent'],
    ['SALESFORCE_SESSION_REFUSED', 'connection'],
    ['KANTATA_ACCESS_REFUSED', 'permission'],
    ['NETSUITE_NOT_FOUND', 'missing-reference'],
    ['KANTATA_VALIDATION', 'value'],
    ['HTTP_BODY_TOO_LARGE', 'too-large'],
    ['SALESFORCE_EVENT_UNREADABLE', 'parse'],
    ['CUSTOMER_AMBIGUOUS', 'duplicate'],
    ['OWNERSHIP_REFUSED', 'ownership'],
    ['ACCOUNTING_PERIOD_CLOSED', 'period-closed'],
    ['BLOB_MISSING', 'defect'],
  ])('of %s is %s', (code, kind) => expect(classOf(code)).toBe(kind));

  it('follows the status a system answered with when its code says nothing', () => {
    expect(classOf('ODD', { what: 'The ERP answered 503.', owner: 'provider' })).toBe('intermittent');
    expect(classOf('ODD', { what: 'No such thing (404).' })).toBe('missing-reference');
    expect(classOf('ODD', { where: { status: 429 } })).toBe('rate-limit');
  });

  it('is told by the words for a closed period, whatever the code', () => {
    expect(classOf('NETSUITE_REFUSED', { what: 'The posting period for this date is closed.' })).toBe('period-closed');
  });

  it('falls back on whose error it is, so that every error has one', () => {
    expect(classOf('MARGIN_TOO_LOW')).toBe('business-rule');
    expect(classOf('ODD', { engine: 'pause' })).toBe('connection');
    expect(classOf('ODD', { owner: 'provider' })).toBe('intermittent');
    expect(classOf('ODD', { owner: 'engine' })).toBe('defect');
    for (const code of ['', 'A', '__proto__', 'constructor']) expect(exceptionClasses).toContain(classOf(code));
  });
});

it('gives messages with one cause one text, whatever ids, numbers, dates and names they hold', () => {
  const one = 'Table "legal-entities" has no row for {"code":"DE99"} on 2026-11-20.';
  const other = 'Table "legal-entities" has no row for {"code":"US07"} on 2027-01-02.';
  expect(normalisedMessage(one)).toBe(normalisedMessage(other));
  expect(normalisedMessage('Invoice 4711 was refused')).toBe(normalisedMessage('Invoice INV-9 was refused'));
  expect(normalisedMessage('Customer is on hold')).not.toBe(normalisedMessage('Customer is archived'));
});

it('knows an error from other data', () => {
  expect(errorRecordOf(anError('ODD'))).toMatchObject({ code: 'ODD' });
  expect(errorRecordOf({ code: 'ODD', what: 'x' })).toBeNull();
  expect(errorRecordOf('ODD')).toBeNull();
});
