/** What a node host promises of steps that are handed along; one that follows none keeps it as well. */
import type { JsonValue } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { NextStep, NodeHost, StepCall, StepResult } from '../ports/index.ts';
import { nextCall } from '../ports/index.ts';

export interface NodeHostSetup {
  /** A step that hands its input on by the port of `port`. */
  passesOn: { nodeType: string; port: string };
  /** A step that fails for a reason of its own. */
  fails: { nodeType: string; params: Record<string, JsonValue> };
  host(): NodeHost | Promise<NodeHost>;
  call(given: Partial<StepCall> & { nodeType: string }): StepCall;
  stop?(): Promise<void>;
}

export function nodeHostContract(name: string, setup: NodeHostSetup): void {
  const { passesOn, fails } = setup;
  const next = (step: string, given: Partial<NextStep> = {}): NextStep => ({
    port: passesOn.port,
    step,
    id: step,
    nodeType: passesOn.nodeType,
    nodeVersion: 1,
    params: {},
    inputPort: 'in',
    known: { steps: {}, trigger: null },
    reads: [],
    triggerFrom: null,
    effectKey: `effect-${step}`,
    next: [],
    ...given,
  });
  const value = { lines: [{ amount: 1 }] };
  const execute = async (call: StepCall): Promise<StepResult> =>
    (await setup.host()).execute(call, new AbortController().signal);
  const outcome = (result: StepResult) => (result.ok ? result.outcome : { code: result.error.code });
  const head = (given: Partial<StepCall>): StepCall =>
    setup.call({ nodeType: passesOn.nodeType, step: 'first', input: { in: value }, ...given });

  describe(`${name}: steps handed along`, () => {
    it('does to the first step what it does without them', async () => {
      const alone = await execute(head({}));
      const leading = await execute(head({ next: [next('second', { next: [next('third')] })] }));
      expect(outcome(leading)).toEqual(outcome(alone));
    });

    it('gives of each that it followed what a call of its own gives', async () => {
      const second = next('second', { next: [next('third')] });
      const call = head({ next: [second] });
      const result = await execute(call);
      const followed = result.ok ? (result.followed ?? []) : [];
      for (const { step, result: told } of followed) {
        const at = step === 'second' ? second : second.next[0];
        expect(at, `${step} was not handed along`).toBeDefined();
        if (at) expect(outcome(told)).toEqual(outcome(await execute(nextCall(call, at, new Map(), value))));
      }
    });

    it('leaves out what another port leads to', async () => {
      const result = await execute(head({ next: [next('second', { port: 'nowhere' })] }));
      expect(result).toMatchObject({ ok: true });
      expect(result.ok && (result.followed ?? [])).toEqual([]);
    });

    it('keeps the result of the first step when one after it fails', async () => {
      const result = await execute(head({ next: [next('second', { ...fails, next: [next('third')] })] }));
      expect(outcome(result)).toEqual({ port: passesOn.port, value });
      const steps = result.ok ? (result.followed ?? []).map(({ step }) => step) : [];
      expect(steps).not.toContain('third');
    });

    it('follows nothing after a step that failed', async () => {
      const result = await execute(head({ ...fails, next: [next('second')] }));
      expect(result.ok).toBe(false);
      expect('followed' in result).toBe(false);
    });
  });
}
