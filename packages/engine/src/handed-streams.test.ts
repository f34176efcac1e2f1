import type { JsonValue } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { handedStreams, sourceConnections } from './handed-streams.ts';

const stream = (source: JsonValue): JsonValue => ({ $records: { source, stages: [] } });
const nodes = new Map([['read', { node: { connections: { folder: 'hr' } } }]]) as never;

it('names the source of a handed stream anew and sends along what opens it', () => {
  const of = (origin: string) => sourceConnections({ nodes }, {}, origin);
  const given = { rows: [stream({ kind: 'file', origin: 'each[2]/read', path: 'a.csv' })], other: { origin: 'read' } };
  expect(handedStreams(given, of)).toEqual({
    input: { rows: [stream({ kind: 'file', origin: '^each[2]/read', path: 'a.csv' })], other: { origin: 'read' } },
    streams: { '^each[2]/read': { folder: 'hr' } },
  });
});

it('opens it with the connections of the caller although the called flow has a step of the same name', () => {
  const start = { streams: { '^read': { folder: 'hr' } } };
  const own = new Map([['read', { node: { connections: { folder: 'public' } } }]]) as never;
  expect(sourceConnections({ nodes: own }, start, '^read')).toEqual({ folder: 'hr' });
  expect(sourceConnections({ nodes: own }, start, 'read')).toEqual({ folder: 'public' });
  expect(sourceConnections({ nodes: own }, start, '^other/read')).toBeNull();
});

it('hands a stream on through several calls', () => {
  const once = handedStreams(stream({ kind: 'file', origin: 'read', path: 'a' }), (origin) =>
    sourceConnections({ nodes }, {}, origin),
  );
  const twice = handedStreams(once.input, (origin) =>
    sourceConnections({ nodes: new Map() }, { streams: once.streams }, origin),
  );
  expect(twice.streams).toEqual({ '^^read': { folder: 'hr' } });
  expect(twice.input).toEqual(stream({ kind: 'file', origin: '^^read', path: 'a' }));
});

it('leaves alone what needs no step, and what no step of the flow named', () => {
  const of = (origin: string) => sourceConnections({ nodes }, {}, origin);
  for (const value of [
    stream({ kind: 'text', text: 'a' }),
    stream({ kind: 'file', origin: 'stranger', path: 'a' }),
    'x',
    null,
    [1],
  ])
    expect(handedStreams(value, of)).toEqual({ input: value, streams: {} });
});
