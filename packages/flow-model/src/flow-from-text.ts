import type { Document } from 'yaml';
import { isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Edge, Flow } from './flow.ts';
import { edgeId, flowLimits } from './flow.ts';
import type { FlowText } from './flow-to-text.ts';
import { parseFlow } from './parse-flow.ts';
import type { FlowProblem } from './problem.ts';

/** A problem of a text, with the place in its file, counted from 1. */
export interface TextProblem extends FlowProblem {
  file: keyof FlowText;
  line: number;
  column: number;
}

export type FlowFromText = { ok: true; flow: Flow } | { ok: false; problems: TextProblem[] };

type Path = readonly string[];

/** One YAML file, read, that can say where a path stands in it. */
interface Source {
  readonly file: keyof FlowText;
  readonly value: Record<string, unknown>;
  readonly problems: readonly TextProblem[];
  problemAt(path: Path, problem: FlowProblem): TextProblem;
}

/**
 * Reads what `toText` wrote or a person edited. Never throws. Without a layout file the flow has no layout; see
 * `defaultLayout`.
 */
export function fromText(files: { 'flow.yaml': string; 'layout.yaml'?: string }): FlowFromText {
  const main = readSource('flow.yaml', files['flow.yaml']);
  const side = readSource('layout.yaml', files['layout.yaml'] ?? '');
  const broken = [...main.problems, ...side.problems];
  if (broken.length > 0) return { ok: false, problems: broken };

  const { nodes, edges, problems } = splitNodes(main);
  const strays = Object.keys(side.value).filter((key) => key !== 'layout' && key !== 'pins');
  const misplaced = [
    ...problems,
    ...strays.map((key) => side.problemAt([key], fault(`"${key}" does not belong into this file`, 'remove it'))),
  ];
  const { nodes: _nodes, ...header } = main.value;
  const document = {
    ...header,
    settings: header['settings'] ?? {},
    notes: header['notes'] ?? {},
    nodes,
    edges,
    layout: side.value['layout'] ?? {},
    pins: side.value['pins'] ?? {},
  };
  const parsed = parseFlow(document);
  const malformed = parsed.ok ? [] : parsed.problems.map((problem) => placed(main, side, problem));
  if (!parsed.ok || misplaced.length > 0) return { ok: false, problems: [...misplaced, ...malformed] };
  return { ok: true, flow: parsed.flow };
}

const fault = (what: string, fix: string, nodeId?: string): FlowProblem => ({
  severity: 'error',
  code: 'TEXT_MALFORMED',
  ...(nodeId === undefined ? {} : { nodeId }),
  what,
  fix,
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readSource(file: keyof FlowText, text: string): Source {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const broken = (what: string, fix: string, offset: number): Source => ({
    file,
    value: {},
    problems: [{ ...fault(what, fix), ...at(offset) }],
    problemAt: (_path, problem) => ({ ...problem, ...at(0) }),
  });
  if (text.length > flowLimits.documentBytes) {
    return broken(`the file is larger than ${flowLimits.documentBytes} bytes`, 'split the flow', 0);
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      ...fault(error.message, 'correct the YAML at this line'),
      ...at(error.pos[0]),
    }));
    return { ...broken('', '', 0), problems };
  }
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (cause) {
    return broken(
      `the file cannot be read: ${(cause as Error).message}`,
      'write repeated values out, without aliases',
      0,
    );
  }
  if (!isRecord(value)) return broken('the file does not hold named fields', 'start it with "formatVersion: 1"', 0);
  const problemAt = (path: Path, problem: FlowProblem) => ({ ...problem, ...at(offsetOf(document, path)) });
  return { file, value, problems: [], problemAt };
}

/** Where the deepest part of a path that exists starts: its key in a map, else its value. */
function offsetOf(document: Document, path: Path): number {
  let offset = 0;
  let current: unknown = document.contents;
  for (const key of path) {
    if (!isCollection(current)) break;
    const pair = isMap(current)
      ? current.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key)
      : current.items[Number(key)];
    if (pair === undefined) break;
    const start = isPair(pair) ? pair.key : pair;
    if (isNode(start) && start.range) offset = start.range[0];
    current = isPair(pair) ? pair.value : pair;
  }
  return offset;
}

interface SplitNodes {
  /** Nodes without their `then`. */
  nodes: unknown;
  edges: Record<string, Edge>;
  problems: TextProblem[];
}

function splitNodes(source: Source): SplitNodes {
  const given = source.value['nodes'] ?? {};
  const split: SplitNodes = { nodes: given, edges: {}, problems: [] };
  if (!isRecord(given)) return split;
  split.nodes = Object.fromEntries(
    Object.entries(given).map(([id, node]) => {
      if (!isRecord(node)) return [id, node];
      const { then, ...rest } = node;
      if (then !== undefined) addEdges(source, id, then, split);
      return [id, { params: {}, ...rest }];
    }),
  );
  return split;
}

function addEdges(source: Source, id: string, then: unknown, split: SplitNodes): void {
  const refuse = (path: Path, what: string, fix: string) =>
    split.problems.push(source.problemAt(['nodes', id, 'then', ...path], fault(what, fix, id)));
  if (!isRecord(then)) {
    refuse([], '"then" must name output ports', 'write the port, and under it a list such as [check.in]');
    return;
  }
  for (const [port, targets] of Object.entries(then)) {
    const list: unknown[] = Array.isArray(targets) ? targets : [targets];
    list.forEach((target, index) => {
      const place = Array.isArray(targets) ? [port, String(index)] : [port];
      const ends = typeof target === 'string' ? /^([^.]+)\.([^.]+)$/.exec(target) : null;
      if (!ends?.[1] || !ends[2]) {
        refuse(place, `"${String(target)}" is no input`, 'write node.port, for example check.in');
        return;
      }
      const edge = { from: { node: id, port }, to: { node: ends[1], port: ends[2] } };
      if (Object.hasOwn(split.edges, edgeId(edge))) refuse(place, `"${String(target)}" is listed twice`, 'remove one');
      split.edges[edgeId(edge)] = edge;
    });
  }
}

/** Finds the line of a problem that was found in the flow and not in its text. */
function placed(main: Source, side: Source, problem: FlowProblem): TextProblem {
  const field = problem.field?.split('.') ?? [];
  if (field[0] === 'pins' && problem.nodeId !== undefined) {
    return side.problemAt(['pins', problem.nodeId, ...field.slice(1)], problem);
  }
  if (field[0] === 'layout' || field[0] === 'pins') return side.problemAt(field, problem);
  if (problem.nodeId !== undefined) return main.problemAt(['nodes', problem.nodeId, ...field], problem);
  if (problem.edgeId === undefined) return main.problemAt(field, problem);
  const [from = '', port = ''] = problem.edgeId.split('>')[0]?.split('.') ?? [];
  return main.problemAt(['nodes', from, 'then', port], problem);
}
