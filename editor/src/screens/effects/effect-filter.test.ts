import { describe, expect, it } from 'vitest';
import { effectFilterOf, effectQueryOf, toggleState, withoutState } from './effect-filter.ts';

const NOON = Date.UTC(2026, 2, 2, 12, 0, 30);
const query = (address: string) => effectQueryOf(effectFilterOf(new URLSearchParams(address)), NOON);

describe('the filter of the ledger', () => {
  it('carries what the address says to the server', () => {
    expect(query('state=unknown,planned&flow=f1&connection=crm&key=D-7&mode=live&q=D-')).toEqual({
      state: 'unknown,planned',
      flowId: 'f1',
      connection: 'crm',
      businessKey: 'D-7',
      text: 'D-',
      mode: 'live',
    });
  });

  it('leaves out states, modes and ranges that do not exist', () => {
    expect(query('state=exploded&mode=x&range=custom')).toEqual({});
  });

  it('begins relative ranges at a whole minute', () => {
    expect(query('range=1h')).toEqual({ from: Date.UTC(2026, 2, 2, 11, 0, 0) });
  });

  it('counts over all states', () => {
    expect(withoutState({ state: 'sent', flowId: 'f1' })).toEqual({ flowId: 'f1' });
  });

  it('toggles a state on and off', () => {
    expect(toggleState(toggleState([], 'sent'), 'sent')).toEqual([]);
  });
});
