/** What is wrong with an edge: its ends, the border it crosses, the data it carries. */
import { closestName, listNames } from './closest-name.ts';
import type { Edge } from './flow.ts';
import { edgeId, hasNode } from './flow.ts';
import type { FlowCheck } from './flow-check.ts';
import { flowFault, flowWarning, nodeName } from './flow-check.ts';
import { cyclesOf } from './graph.ts';
import { ERROR_PORT, outputPortsOf } from './manifest.ts';
import type { FlowProblem } from './problem.ts';
import { schemaMismatch } from './schema-match.ts';

export function edgeProblems(check: FlowCheck): FlowProblem[] {
  return [
    ...Object.entries(check.flow.edges).flatMap(([id, edge]) => {
      const missing = missingEnds(check, id, edge);
      if (missing.length > 0) return missing;
      return [...keyProblems(id, edge), ...borderProblems(check, id, edge), ...portProblems(check, id, edge)];
    }),
    ...cycleProblems(check),
  ];
}

function missingEnds(check: FlowCheck, id: string, edge: Edge): FlowProblem[] {
  return [edge.from.node, edge.to.node]
    .filter((node) => !hasNode(check.flow, node))
    .map((node) => {
      const near = closestName(node, Object.keys(check.flow.nodes));
      const fix = near ? `connect it to "${near}" or remove it` : 'remove the edge';
      return flowFault(
        'EDGE_NODE_MISSING',
        { edgeId: id },
        `the edge ${id} names the node "${node}", which does not exist`,
        fix,
      );
    });
}

function keyProblems(id: string, edge: Edge): FlowProblem[] {
  if (id === edgeId(edge)) return [];
  const what = `the edge stored as ${id} joins ${edgeId(edge)}`;
  return [flowFault('EDGE_ID_WRONG', { edgeId: id }, what, `store it under ${edgeId(edge)}`)];
}

function borderProblems(check: FlowCheck, id: string, edge: Edge): FlowProblem[] {
  const { nodes } = check.flow;
  const from = nodes[edge.from.node]?.parent;
  const to = nodes[edge.to.node]?.parent;
  if (from === to) return [];
  const side = (parent: string | undefined) => (parent === undefined ? 'the top level' : `the container "${parent}"`);
  const what = `the edge ${id} leads from ${side(from)} into ${side(to)}`;
  const fix =
    'connect nodes of the same container; data enters a container by its own input and leaves by its own outputs';
  return [flowFault('EDGE_CROSSES_CONTAINER', { edgeId: id }, what, fix)];
}

function portProblems(check: FlowCheck, id: string, edge: Edge): FlowProblem[] {
  const source = check.manifests.get(edge.from.node);
  const target = check.manifests.get(edge.to.node);
  const found: FlowProblem[] = [];
  if (source) {
    const ports = [...outputPortsOf(source, check.flow.nodes[edge.from.node]?.params ?? {}), ERROR_PORT];
    if (!ports.includes(edge.from.port)) found.push(portMissing(check, id, edge.from, 'output', ports));
  }
  if (target?.kind === 'trigger') {
    const what = `the edge ${id} leads into ${nodeName(check.flow, edge.to.node)}, which starts runs`;
    found.push(flowFault('EDGE_INTO_TRIGGER', { edgeId: id }, what, 'remove the edge: a trigger takes no input'));
  } else if (target && !Object.hasOwn(target.inputs, edge.to.port)) {
    found.push(portMissing(check, id, edge.to, 'input', Object.keys(target.inputs)));
  }
  return found.length > 0 ? found : dataProblems(check, id, edge);
}

function portMissing(
  check: FlowCheck,
  id: string,
  end: Edge['from'],
  side: 'input' | 'output',
  ports: string[],
): FlowProblem {
  const what = `the edge ${id} uses the ${side} "${end.port}", which ${nodeName(check.flow, end.node)} does not have`;
  return flowFault('EDGE_PORT_MISSING', { edgeId: id }, what, `use one of its ${side}s: ${listNames(ports)}`);
}

function dataProblems(check: FlowCheck, id: string, edge: Edge): FlowProblem[] {
  if (check.flow.nodes[edge.from.node]?.disabled) return [];
  const given = check.manifests.get(edge.from.node)?.outputs[edge.from.port];
  const taken = check.manifests.get(edge.to.node)?.inputs[edge.to.port];
  if (!given || !taken) return [];
  const mismatch = schemaMismatch(given.schema, taken.schema);
  if (!mismatch) return [];
  const at = mismatch.path === '' ? '' : ` in "${mismatch.path}"`;
  const what = `${nodeName(check.flow, edge.from.node)} ${mismatch.what}${at} by ${nodeName(check.flow, edge.to.node)}`;
  const report = mismatch.certain ? flowFault : flowWarning;
  return [
    report('PORT_TYPES_DIFFER', { edgeId: id }, what, 'put a node between them that maps one shape to the other'),
  ];
}

function cycleProblems(check: FlowCheck): FlowProblem[] {
  return cyclesOf(check.graph).map((cycle) => {
    const what = `these nodes lead back to themselves: ${[...cycle, cycle[0]].join(' -> ')}`;
    const fix = 'remove one of these edges; to repeat steps, put them into a For each container';
    return flowFault('CYCLE', { nodeId: cycle[0] as string }, what, fix);
  });
}
