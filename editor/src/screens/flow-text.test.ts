import { describe, expect, it } from 'vitest';
import { readFlowText } from './flow-text.ts';

describe('text of a flow', () => {
  it('is a document when it is JSON', () => {
    expect(readFlowText('{"name":"A","nodes":{}}', {})).toMatchObject({ kind: 'document', name: 'A' });
  });

  it('is the text format otherwise, or when it carries files', () => {
    expect(readFlowText('name: A', {})).toEqual({ kind: 'files', files: { 'flow.yaml': 'name: A' } });
    expect(readFlowText('{"files":{"flow.yaml":"x"}}', {})).toEqual({ kind: 'files', files: { 'flow.yaml': 'x' } });
    expect(readFlowText('', { 'flow.yaml': 'a', 'layout.yaml': 'b' })).toMatchObject({ kind: 'files' });
  });
});
