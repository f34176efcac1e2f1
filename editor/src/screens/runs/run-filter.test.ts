import { describe, expect, it } from 'vitest';
import { filterFromSearch, isFiltered, queryOf, toggleStatus, withoutStatus } from './run-filter.ts';

const NOON = Date.UTC(2026, 2, 2, 12, 0, 30);
const read = (address: string) => filterFromSearch(new URLSearchParams(address));

describe('the filter of the run list', () => {
  it('asks for everything when the address says nothing', () => {
    expect(queryOf(read(''), NOON)).toEqual({});
    expect(isFiltered(read(''))).toBe(false);
  });

  it('carries flow, statuses and mode from the address to the server', () => {
    const filter = read('flow=flow_1&status=failed,in-doubt&mode=live');
    expect(queryOf(filter, NOON)).toEqual({ flowId: 'flow_1', status: 'failed,in-doubt', mode: 'live' });
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
    const { from } = queryOf(read('range=1h'), NOON);
    expect(from).toBe(Date.UTC(2026, 2, 2, 11, 0, 0));
    expect(queryOf(read('range=1h'), NOON + 20_000).from).toBe(from);
  });

  it('reads a custom range and leaves out an end that is not filled in', () => {
    const query = queryOf(read('range=custom&from=2026-03-01T08:00&to='), NOON);
    expect(query.from).toBe(Date.parse('2026-03-01T08:00'));
    expect(query).not.toHaveProperty('to');
  });

  it('sends the search text to the field it was meant for', () => {
    expect(queryOf(read('q=D-1007&in=key'), NOON)).toEqual({ businessKey: 'D-1007' });
    expect(queryOf(read('q=run_9&in=correlation'), NOON)).toEqual({ correlationId: 'run_9' });
    expect(queryOf(read('q=timeout'), NOON)).toEqual({ text: 'timeout' });
  });

  it('asks for counts over all statuses', () => {
    expect(withoutStatus(queryOf(read('status=failed&mode=test'), NOON))).toEqual({ mode: 'test' });
  });

  it('toggles a status on and off', () => {
    expect(toggleStatus(['failed'], 'waiting')).toEqual(['failed', 'waiting']);
    expect(toggleStatus(['failed', 'waiting'], 'failed')).toEqual(['waiting']);
  });
});
