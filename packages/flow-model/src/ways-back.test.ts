import { expect, it } from 'vitest';
import { aCatalog, aFlow, aManifest } from '../test/builders.ts';
import { waysBack } from './ways-back.ts';

const catalog = aCatalog(
  aManifest('test.raise', {
    params: {
      how: { kind: 'text', label: 'How', default: 'back' },
      backTo: { kind: 'step', label: 'Go back to', optional: true, when: { param: 'how', is: ['back'] } },
    },
  }),
);
const flowWith = (params: Record<string, string>, more: { disabled?: boolean; parent?: string } = {}) =>
  aFlow(
    {
      check: { type: 'core.set' },
      each: { type: 'core.for-each', params: { items: 'input' } },
      raise: { type: 'test.raise', params, ...more },
    },
    [],
  );

it('tells where a run that comes to a step may be sent back to', () => {
  expect(waysBack(flowWith({ backTo: 'check' }), catalog)).toEqual([{ from: 'raise', to: 'check' }]);
});

it('leaves out what is not asked for and what leads nowhere', () => {
  const none = [
    flowWith({}),
    flowWith({ how: 'on', backTo: 'check' }),
    flowWith({ backTo: 'raise' }),
    flowWith({ backTo: 'gone' }),
    flowWith({ backTo: 'check' }, { disabled: true }),
    flowWith({ backTo: 'check' }, { parent: 'each' }),
  ];
  expect(none.map((flow) => waysBack(flow, catalog))).toEqual(none.map(() => []));
});
