/** The flows under load: one for each way in which an effect, a wait, an order or a crowd can go wrong. */
import type { Flow, NodeManifest } from '@waybill/flow-model';
import type { Definitions } from '../ports/index.ts';
import { aFlow, testManifests, versionIdOf } from '../testing/flow-builder.ts';

const LAG_MS = 40;
const retry = { attempts: 50, firstDelayMs: 2, maxDelayMs: 20 };

export const itemsPerFanOut = 200;

export const flows = {
  /** Every kind of safety that needs no person, one after the other. */
  effects: aFlow({ start: 'trigger', a: 'natural', b: 'keyed', c: 'probed' }, ['start>a', 'a>b', 'b>c'], {}, 'effects'),
  /** Nobody can tell whether it happened: a person looks. */
  once: aFlow({ start: 'trigger', only: 'once' }, ['start>only'], {}, 'once'),
  ordered: aFlow(
    { start: 'trigger', pause: 'pure', book: 'natural' },
    ['start>pause', 'pause>book'],
    { orderingKey: { $: 'input.key' } },
    'ordered',
  ),
  crowd: aFlow(
    { start: 'trigger', each: 'each', one: { is: 'natural', parent: 'each' }, after: 'natural' },
    ['start>each', 'each>after'],
    {},
    'crowd',
  ),
  /** Waits two hours, then acts. */
  later: aFlow({ start: 'trigger', pause: 'pure', act: 'natural' }, ['start>pause', 'pause>act'], {}, 'later'),
} satisfies Record<string, Flow>;
export type FlowName = keyof typeof flows;

/** The manifests of the test kit with delays that a test can wait for. */
const manifests: NodeManifest[] = testManifests.map((manifest) => {
  const { traits } = manifest;
  if (traits.effect === 'pure') return manifest;
  if (traits.effect === 'read') return { ...manifest, traits: { ...traits, retry } };
  const { idempotency } = traits;
  const quick = idempotency.how === 'probe' ? { ...idempotency, lagMs: LAG_MS } : idempotency;
  return { ...manifest, traits: { ...traits, retry, idempotency: quick } };
});

export const definitions: Definitions = {
  version: async (versionId) => {
    const flow = Object.values(flows).find((each) => versionIdOf(each) === versionId);
    return flow ? { versionId, versionNumber: 1, flow } : null;
  },
  published: async () => null,
  manifest: (type) => manifests.find((each) => each.type === type),
};
