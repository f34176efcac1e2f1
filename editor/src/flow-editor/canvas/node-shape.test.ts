import { manifestKey } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow, aNode, catalog } from '../testing.ts';
import { shapeOf } from './node-shape.ts';
import { projectNodes } from './projection.ts';

const shape = (type: string) => shapeOf(aNode(type), catalog.get(manifestKey(type, 1)), undefined, false);

describe('the shape of a card', () => {
  it('grows by a row per named port where there is a choice', () => {
    expect(shape('test.work').height).toBe(56);
    expect(shape('test.branch').height).toBe(56 + 2 * 22);
  });

  it('has each port once, inputs at the left rim, outputs at the right, the error port below', () => {
    const { handles } = shape('test.branch');
    expect(handles.map(({ id, type, position }) => `${id} ${type} ${position}`)).toEqual([
      'in target left',
      'yes source right',
      'no source right',
      'error source bottom',
    ]);
  });

  it('is known before anything is drawn, so that what is out of view never is', () => {
    const flow = aFlow({ a: aNode('test.work'), b: aNode('test.each') }, []);
    for (const { measured, handles } of projectNodes(flow, catalog, [], [])) {
      expect(measured?.width).toBeGreaterThan(0);
      expect(handles?.length).toBeGreaterThan(0);
    }
  });

  it('leaves the list as it was when nothing changed', () => {
    const flow = aFlow({ a: aNode('test.work') }, []);
    const nodes = projectNodes(flow, catalog, [], []);
    expect(projectNodes(flow, catalog, [], nodes)).toBe(nodes);
    expect(projectNodes(flow, catalog, ['a'], nodes)).not.toBe(nodes);
  });
});
