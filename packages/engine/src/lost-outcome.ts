import type { EpochMs } from '@waybill/flow-model';
import type { CompiledNode } from './compile-flow.ts';
import type { StepState } from './run-state.ts';

/** How to go on when a write was begun and nobody recorded how it ended. */
export type Remedy = 'send-again' | 'probe' | 'ask';

/**
 * A write with an intent and no outcome. Sent again only where that cannot double the effect; a key
 * counts only as long as the other side remembers it. Nodes that are no writes have an intent only for
 * effects of the engine's own that carry an id.
 */
export function remedyForLostOutcome(node: CompiledNode, step: StepState, now: EpochMs): Remedy {
  if (node.effect !== 'write' || !node.idempotency) return 'send-again';
  switch (node.idempotency.how) {
    case 'natural':
      return 'send-again';
    case 'key':
      return now - (step.intentAt ?? now) <= node.idempotency.rememberedForMs ? 'send-again' : 'ask';
    case 'probe':
      return 'probe';
    case 'none':
      return 'ask';
  }
}
