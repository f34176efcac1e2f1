import type { CredentialType } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { boundWords, fieldFaults, fieldsToSend, startFields } from './connection-form.ts';

const type: CredentialType = {
  type: 'parcelbird.account',
  title: 'Parcelbird',
  icon: 'cloud',
  testable: true,
  receivesOnly: false,
  proposedLimits: { concurrency: null, rates: [], breaker: null },
  fields: {
    url: { kind: 'url', label: 'Address', default: 'https://api.parcelbird.example' },
    user: { kind: 'text', label: 'User' },
    token: { kind: 'secret', label: 'Token' },
    note: { kind: 'text', label: 'Note', optional: true },
  },
};
const connection = { fields: { url: 'https://x.example', user: 'anna' }, secretsSet: ['token'] } as never;

describe('the connection form', () => {
  it('starts a new connection with defaults and an old one with what is kept, secrets never', () => {
    expect(startFields(type, null)).toEqual({ url: 'https://api.parcelbird.example', user: '', token: '', note: '' });
    expect(startFields(type, connection)).toEqual({ url: 'https://x.example', user: 'anna', token: '', note: '' });
  });
  it('requires a secret only while none is set', () => {
    const values = { url: 'https://x.example', user: 'anna', token: '', note: '' };
    expect(fieldFaults(type, null, values)).toEqual({ token: 'Fill this in.' });
    expect(fieldFaults(type, connection, values)).toEqual({});
  });
  it('refuses an address that is none', () => {
    expect(fieldFaults(type, connection, { url: 'x.example', user: 'a' })).toHaveProperty('url');
  });
  it('leaves an empty secret out, so that the old one stays, but sends emptied text', () => {
    expect(fieldsToSend(type, { url: 'https://x.example', user: ' anna ', token: '', note: '' })).toEqual({
      url: 'https://x.example',
      user: 'anna',
      note: '',
    });
    expect(fieldsToSend(type, { token: ' s ' })['token']).toBe(' s ');
  });
});

it('says where a connection is needed', () => {
  expect(boundWords({ roles: ['crm'], usedByFlows: [{ id: 'f', name: 'Deals' }] })).toBe('the role crm and “Deals”');
  expect(boundWords({ roles: [], usedByFlows: [] })).toBeNull();
});
