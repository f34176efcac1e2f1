import { hash } from 'node:crypto';
import type { FlowId, JsonValue, RunId, TaskId } from '@waybill/flow-model';
import type { StepKey } from './journal-record.ts';

const digest = (...parts: (string | number)[]): string => hash('sha256', parts.join('\n')).slice(0, 32);

/**
 * The key under which a step's effect happens at most once: 32 hex digits, the same over retries and
 * crashes, new only with a new generation.
 */
export const effectKeyOf = (runId: RunId, step: StepKey, generation: number): string =>
  digest('effect', runId, step, generation);

/**
 * The same for the same step of the same business object in any run of a flow: what a replay looks for.
 * @param subject the run's business key, or the first run of its lineage when it has none.
 */
export const businessEffectKeyOf = (flowId: FlowId, step: StepKey, subject: string): string =>
  digest('business-effect', flowId, step, subject);

/** The same wait always asks for the same task. */
export const taskIdOf = (runId: RunId, step: StepKey, generation: number, attempt: number): TaskId =>
  `task-${digest('task', runId, step, generation, attempt)}` as TaskId;

/** The same call always starts the same run, so that starting it twice is a duplicate. */
export const childRunIdOf = (parent: RunId, step: StepKey, generation: number): RunId =>
  `${parent.slice(0, 64)}-${digest('child', parent, step, generation).slice(0, 16)}` as RunId;

/** The key under which an effect is taken back at most once. */
export const undoKeyOf = (effectKey: string): string => digest('undo', effectKey);

/** One task per plan and per attempt that failed. */
export const undoTaskIdOf = (what: string, number: number): TaskId =>
  `task-${digest('undo-task', what, number)}` as TaskId;

/**
 * What an intent was about to send: the node's params as the flow has them and all that they read. Equal hashes mean the
 * same data. Since 2 it covers more than the input; hashes of 1 have no mark.
 */
export const dataHashOf = (text: string): string => `2:${hash('sha256', text).slice(0, 16)}`;
export const inputHashOfVersion1 = (text: string): string => hash('sha256', text).slice(0, 16);

/** What is in an item of a list, short. */
export const contentOf = (item: JsonValue): string => hash('sha256', JSON.stringify(item)).slice(0, 16);

/** A number in [0, 1) that depends on the seed alone; stands for chance where a replay must repeat it. */
export function seededFraction(seed: string): number {
  return Number.parseInt(hash('sha256', seed).slice(0, 8), 16) / 0x1_0000_0000;
}
