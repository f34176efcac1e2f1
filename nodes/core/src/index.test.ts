import { expect, it } from 'vitest';
import { nodePackage } from './index.ts';

it('offers every node once, under its own prefix', () => {
  const types = nodePackage.nodes.map((node) => node.type);
  expect(new Set(types).size).toBe(types.length);
  expect(types.filter((type) => !type.startsWith('core.'))).toEqual([]);
});
