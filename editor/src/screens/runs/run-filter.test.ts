import { describe, expect, it } from 'vitest';
import {
  countWords,
  detailCount,
  filterFromSearch,
  isFiltered,
  queryOf,
  toggleStatus,
  withoutStatus,
} from './run-filter.ts';

const NOON = Date.UTC(2026, 2, 2, 12, 0, 30);
const read = (address: string) => filterFromSearch(new URLSearchParams(address));

describe('the filter of the run list', () => {
  it('asks for everything when the address says nothing', () => {
    expect(queryOf(read(''), NOON, 'us_me')).toEqual({});
    expect(isFiltered(read(''))).toBe(false);
  });

  it('carries flow, statuses and mode from the address to the server', () => {
    const filter = read('flow=flow_1&status=failed,in-doubt&mode=live');
    expect(queryOf(filter, NOON, 'us_me')).toEqual({ flowId: 'flow_1', status: 'failed,in-doubt', mode: 'live' });
    expect(isFiltered(filter)).toBe(true);
  });

  it('drops statuses, modes and ranges that do not exist', () => {
    expect(read('status=failed,exploded&mode=weird&range=9y')).toMatchObject({
      statuses: ['failed'],
      mode: '',
      range: '',
    });
  });

  it('starts relative ranges at a whole minute so that the question stays the same for a while', () => {
    const { from } = queryOf(read('range=1h'), NOON, 'us_me');
    expect(from).toBe(Date.UTC(2026, 2, 2, 11, 0, 0));
    expect(queryOf(read('range=1h'), NOON + 20_000, 'us_me').from).toBe(from);
  });

  it('reads a custom range and leaves out an end that is not filled in', () => {
    const query = queryOf(read('range=custom&from=2026-03-01T08:00&to='), NOON, 'us_me');
    expect(query.from).toBe(Date.parse('2026-03-01T08:00'));
    expect(query).not.toHaveProperty('to');
  });

  it('sends the search text to the field it was meant for', () => {
    expect(queryOf(read('q=D-1007&in=key'), NOON, 'us_me')).toEqual({ businessKey: 'D-1007' });
    expect(queryOf(read('q=run_9&in=correlation'), NOON, 'us_me')).toEqual({ correlationId: 'run_9' });
    expect(queryOf(read('q=timeout'), NOON, 'us_me')).toEqual({ text: 'timeout' });
  });

  it('asks for the runs that stand at one step of a flow', () => {
    const filter = read('flow=flow_1&node=approve');
    expect(queryOf(filter, NOON, 'us_me')).toEqual({ flowId: 'flow_1', node: 'approve' });
    expect(detailCount(filter)).toBe(1);
    const waiting = read('flow=flow_1&node=approve&as=waiting');
    expect(queryOf(waiting, NOON, 'us_me')).toEqual({ flowId: 'flow_1', node: 'approve', as: 'waiting' });
    expect(detailCount(waiting)).toBe(1);
    expect(queryOf(read('flow=flow_1&as=waiting'), NOON, 'us_me')).toEqual({ flowId: 'flow_1' });
    expect(read('node=approve&as=asleep').as).toBe('');
  });

  it('asks for counts over all statuses', () => {
    expect(withoutStatus(queryOf(read('status=failed&mode=test'), NOON, 'us_me'))).toEqual({ mode: 'test' });
  });

  it('toggles a status on and off', () => {
    expect(toggleStatus(['failed'], 'waiting')).toEqual(['failed', 'waiting']);
    expect(toggleStatus(['failed', 'waiting'], 'failed')).toEqual(['waiting']);
  });

  it('asks for the starter, the error, the version and the connection', () => {
    const filter = read(
      'flow=f1&version=3&connection=crm&error=node_timeout, provider_refused&class=value&by=me&parent=run_1',
    );
    expect(queryOf(filter, NOON, 'us_me')).toEqual({
      flowId: 'f1',
      version: 3,
      connection: 'crm',
      errorCode: 'NODE_TIMEOUT,PROVIDER_REFUSED',
      errorClass: 'value',
      startedBy: 'us_me',
      parentRunId: 'run_1',
    });
    expect(detailCount(filter)).toBe(6);
    expect(queryOf(read('class=nonsense'), NOON, 'us_me')).toEqual({});
  });

  it('leaves a version out that belongs to no flow or is no number', () => {
    expect(queryOf(read('version=3'), NOON, 'us_me')).toEqual({});
    expect(queryOf(read('flow=f1&version=draft'), NOON, 'us_me')).toEqual({ flowId: 'f1' });
  });

  it('looks for the start of business keys only where told to', () => {
    expect(queryOf(read('q=D-10&in=prefix'), NOON, 'us_me')).toEqual({ businessKeyPrefix: 'D-10' });
  });

  it('begins today at midnight of the reader', () => {
    const { from } = queryOf(read('range=today'), NOON, 'us_me');
    expect(new Date(from ?? 0).getHours()).toBe(0);
    expect(NOON - (from ?? 0)).toBeLessThan(24 * 3_600_000);
  });

  it('never states more than was counted', () => {
    expect(countWords(1_234, false)).toBe((1_234).toLocaleString());
    expect(countWords(19_873, true)).toBe(`${(19_000).toLocaleString()}+`);
    expect(countWords(100_000, true)).toBe(`${(100_000).toLocaleString()}+`);
    expect(countWords(0, true)).toBe('0+');
  });
});
