import type { NodeHost, StepCall, StepResult } from '@waybill/engine/ports';
import type { ErrorRecord } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { discreetHost } from './discreet-host.ts';

const error: ErrorRecord = {
  code: 'REFUSED',
  what: 'The salary 91827 is too high.',
  fix: 'Correct it.',
  owner: 'user',
  engine: 'stop',
};
const failed: StepResult = { ok: false, error, log: [], tookMs: 1 };
const call = {
  runId: 'r1',
  scope: { trigger: { salary: 91_827 }, steps: {}, input: null },
  input: {},
} as unknown as StepCall;

const hostThatAnswers = (result: StepResult, names: string[]) => {
  const host = { execute: async () => result, evaluate: async () => ({ ok: true, value: null }) } as NodeHost;
  return discreetHost(host, { ofRun: async () => new Set(names) }).execute(call, new AbortController().signal);
};

it('lets no hidden value into the error of a step, nor of one that went along with it', async () => {
  const said = { ok: false, error: { ...error, what: 'The salary ••• is too high.' } };
  expect(await hostThatAnswers(failed, ['salary'])).toMatchObject(said);
  const trip: StepResult = {
    ok: true,
    outcome: null,
    params: {},
    log: [],
    tookMs: 1,
    followed: [{ step: 'next' as never, result: failed }],
  };
  expect(await hostThatAnswers(trip, ['salary'])).toMatchObject({ followed: [{ step: 'next', result: said }] });
});

it('says an error as it is where nothing of it is hidden', async () => {
  expect(await hostThatAnswers(failed, ['iban'])).toEqual(failed);
});
