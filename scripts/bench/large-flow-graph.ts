import type { Flow, FlowNode, ParamValue, PortRef } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';

/** Between the ends of two waits of a row: with five steps after each of 20 rows, 200 steps/s and more. */
const APART_MS = 500;
const ROWS = 20;
const BLOCKS = 10;
const BLOCK = { width: 1_096, height: 264 };

const entities = ['Northern Europe', 'Iberia', 'Benelux and France', 'UK and Ireland', 'North America'];

/**
 * 1,000 steps and a trigger as a firm draws them: 20 rows of ten blocks of five. Each block waits, decides and goes one of two
 * ways, or does its steps once per line; long titles, notes, wired error ports and pinned outputs between them. A run is started
 * with the moment `at`, epoch ms, when its first wait ends.
 */
export function largeFlow(id: string): Flow {
  const flow = emptyFlow(id as Flow['id'], 'Bench: a thousand steps');
  const put = (key: string, node: Omit<FlowNode, 'version'>, x: number, y: number) => {
    flow.nodes[key] = { version: 1, ...node };
    flow.layout[key] = { x, y };
  };
  const connect = (from: PortRef, to: string) => {
    const edge = { from, to: { node: to, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  };
  const set = (fields: Record<string, ParamValue>) => ({ type: 'core.set', params: { fields, mode: 'merge' } });

  put('start', { type: 'core.manual', params: {} }, 0, (ROWS * BLOCK.height) / 2);
  for (let row = 0; row < ROWS; row += 1) {
    const entity = entities[row % entities.length];
    let before: PortRef[] = [{ node: 'start', port: 'submitted' }];
    for (let block = 0; block < BLOCKS; block += 1) {
      const key = (name: string) => `${name}_${row}_${block}`;
      const [x, y] = [360 + block * BLOCK.width, row * BLOCK.height];
      const wait = key('wait');
      const until = { $: `$fromMillis(trigger.at + ${(block + row / ROWS) * APART_MS})` };
      const title = `Wait until the postings of ${entity}, period ${block + 1}, are closed`;
      put(wait, { type: 'core.wait', title, params: { mode: 'until', until } }, x, y + 80);
      for (const from of before) connect(from, wait);
      before = block % 3 === 2 ? putLoop(key, entity, x, y, wait) : putChoice(key, entity, x, y, wait);
    }
  }
  return flow;

  /** Two ways that meet again in the next wait, and a check whose error is recorded. */
  function putChoice(key: (name: string) => string, entity: string | undefined, x: number, y: number, wait: string) {
    const [choice, large, small, check] = [key('if'), key('large'), key('small'), key('check')];
    const condition = '$length(run.id) > 0';
    put(choice, { type: 'core.if', title: `Above the limit of ${entity}?`, params: { condition } }, x + 264, y + 80);
    put(large, { ...set({ reviewed: true }), title: 'Mark for the monthly review' }, x + 528, y);
    put(small, set({ reviewed: false }), x + 528, y + 160);
    const words = 'Check rate card, cost centre and legal entity against the ledger';
    put(check, { type: 'core.map', title: words, params: { expression: 'input' } }, x + 792, y + 40);
    connect({ node: wait, port: 'done' }, choice);
    connect({ node: choice, port: 'true' }, large);
    connect({ node: choice, port: 'false' }, small);
    connect({ node: large, port: 'done' }, check);
    connect({ node: check, port: 'error' }, small);
    if (wait.endsWith('_0')) flow.pins[large] = { port: 'done', value: { reviewed: true } };
    return [
      { node: check, port: 'done' },
      { node: small, port: 'done' },
    ];
  }

  /** Three steps for each of two lines. */
  function putLoop(key: (name: string) => string, entity: string | undefined, x: number, y: number, wait: string) {
    const [loop, note] = [key('lines'), key('note')];
    put(loop, { type: 'core.for-each', title: `Each line of ${entity}`, params: { items: '[1, 2]' } }, x + 264, y);
    flow.layout[loop] = { x: x + 264, y, width: 776, height: 168 };
    connect({ node: wait, port: 'done' }, loop);
    const inside = ['price', 'tax', 'post'].map((name) => key(name));
    inside.forEach((step, index) => {
      put(step, { ...set({ [`part${index}`]: { $: 'index' } }), parent: loop }, 16 + index * 256, 72);
      if (index > 0) connect({ node: inside[index - 1] as string, port: 'done' }, step);
    });
    flow.notes[note] = { text: `### ${entity}\nLines above **10,000** go through the review of the month.` };
    flow.layout[note] = { x: x + 528, y: y + 184, width: 320, height: 64 };
    return [{ node: loop, port: 'done' }];
  }
}
