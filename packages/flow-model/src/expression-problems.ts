/** What is wrong with expressions: their syntax, and names that will have no value when they run. */
import { closestName, listNames } from './closest-name.ts';
import type { ScopeReference } from './expression.ts';
import { parseExpression, SCOPE_NAMES } from './expression.ts';
import { flowLimits, hasNode } from './flow.ts';
import type { FlowCheck } from './flow-check.ts';
import { flowFault, flowWarning, nodeName } from './flow-check.ts';
import { ancestorsOf, stepVisibility, visibleSteps } from './graph.ts';
import type { NodeId } from './ids.ts';
import type { PlacedExpression } from './node-expressions.ts';
import { expressionsOf } from './node-expressions.ts';
import type { FlowProblem } from './problem.ts';

/** Where an expression stands; `nodeId` is absent for one in the settings. */
interface Place {
  readonly nodeId?: NodeId;
  readonly field: string;
}

export function expressionProblems(check: FlowCheck): FlowProblem[] {
  const sees = lazySight(check);
  const inNodes = Object.entries(check.flow.nodes).flatMap(([id, node]) => {
    const found = expressionsOf(node, check.manifests.get(id)).flatMap((place) => inNode(check, id, place, sees));
    return node.disabled ? found.map((problem): FlowProblem => ({ ...problem, severity: 'warning' })) : found;
  });
  return [...inNodes, ...settingsProblems(check)];
}

/** Answers for the whole flow at once, worked out when the first expression reads a step. */
type Sees = (reader: NodeId, step: NodeId) => boolean;

function lazySight(check: FlowCheck): Sees {
  let sees: Sees | undefined;
  return (reader, step) => {
    sees ??= stepVisibility(check.graph);
    return sees(reader, step);
  };
}

function inNode(check: FlowCheck, nodeId: NodeId, { field, text, names }: PlacedExpression, sees: Sees): FlowProblem[] {
  const place = { nodeId, field };
  if (names) return parsed(text, place, (reference) => ownNameProblems(reference, place, names));
  return parsed(text, place, (reference) => {
    const inBody = ancestorsOf(check.flow, nodeId).length > 0;
    return [...stepProblems(check, reference, place, sees), ...nameProblems(check, reference, place, inBody)];
  });
}

function parsed(text: string, place: Place, judge: (reference: ScopeReference) => FlowProblem[]): FlowProblem[] {
  if (text.length > flowLimits.expressionChars) {
    const what = `the expression has ${text.length} characters, at most ${flowLimits.expressionChars} are allowed`;
    return [flowFault('LIMIT_EXCEEDED', place, what, 'move the logic into a Code node')];
  }
  // An empty bare expression is a missing value and already reported as one.
  if (text.trim() === '') return [];
  const result = parseExpression(text);
  if (result.ok) return result.references.flatMap(judge);
  const { line, column, what } = result.fault;
  const where = text.includes('\n') ? `line ${line}, column ${column}` : `column ${column}`;
  return [
    flowFault('EXPRESSION_SYNTAX', place, `syntax error at ${where}: ${what}`, 'correct the JSONata expression there'),
  ];
}

function stepProblems(check: FlowCheck, reference: ScopeReference, place: Required<Place>, sees: Sees): FlowProblem[] {
  const { flow, graph } = check;
  const named = reference.path[0] === 'steps' ? reference.path[1] : undefined;
  if (named === undefined) return [];
  if (reference.shadowed) {
    if (!hasNode(flow, named)) return [];
    const what = `here "steps.${named}" is read as a field of the current value, not as the step`;
    return [flowWarning('EXPRESSION_NAME_SHADOWED', place, what, `write $$.steps.${named}`)];
  }
  if (!hasNode(flow, named)) {
    const near = closestName(named, Object.keys(flow.nodes));
    const fix = near
      ? `did you mean steps.${near}?`
      : `use a step before this one: ${listNames([...visibleSteps(graph, place.nodeId)])}`;
    return [flowFault('EXPRESSION_STEP_UNKNOWN', place, `there is no step "${named}"`, fix)];
  }
  if (sees(place.nodeId, named)) return [];
  const what = `${nodeName(flow, named)} ${whyHidden(check, named, place.nodeId)}, so steps.${named} has no value here`;
  return [
    flowWarning(
      'EXPRESSION_STEP_NOT_VISIBLE',
      place,
      what,
      `use a step before this one: ${listNames([...visibleSteps(graph, place.nodeId)])}`,
    ),
  ];
}

function whyHidden({ flow }: FlowCheck, named: NodeId, reader: NodeId): string {
  if (named === reader) return 'is this node itself';
  if (ancestorsOf(flow, reader).includes(named)) return 'is the container around this node and not done yet';
  const around = flow.nodes[named]?.parent;
  if (around !== undefined && around !== flow.nodes[reader]?.parent) return `lies inside the container "${around}"`;
  return 'does not come before this node';
}

function nameProblems(check: FlowCheck, reference: ScopeReference, place: Place, inBody: boolean): FlowProblem[] {
  const [name, second] = reference.path;
  if (reference.shadowed || name === undefined) return [];
  if (!(SCOPE_NAMES as readonly string[]).includes(name)) {
    const near = closestName(name, SCOPE_NAMES);
    const fix = near
      ? `did you mean "${near}"?`
      : `start from one of ${SCOPE_NAMES.join(', ')}; for a field of the input write input.${name}`;
    return [flowWarning('EXPRESSION_NAME_UNKNOWN', place, `"${name}" is not known here and has no value`, fix)];
  }
  if ((name === 'item' || name === 'index') && !inBody) {
    const what = `"${name}" only has a value inside a For each container`;
    return [flowWarning('EXPRESSION_NAME_UNKNOWN', place, what, 'use input, or move the node into the container')];
  }
  const vars = check.flow.settings.vars ?? {};
  if (name === 'vars' && second !== undefined && !Object.hasOwn(vars, second)) {
    const near = closestName(second, Object.keys(vars));
    const fix = near ? `did you mean vars.${near}?` : `add "${second}" to the variables in the flow's settings`;
    return [flowWarning('EXPRESSION_NAME_UNKNOWN', place, `there is no variable "${second}"`, fix)];
  }
  return [];
}

/** For an expression over something else than the step, such as one record of a stream. */
function ownNameProblems(reference: ScopeReference, place: Place, names: readonly string[]): FlowProblem[] {
  const [name] = reference.path;
  if (reference.shadowed || name === undefined || names.includes(name)) return [];
  const near = closestName(name, names);
  const fix = near ? `did you mean "${near}"?` : `start from one of ${names.join(', ')}`;
  return [flowWarning('EXPRESSION_NAME_UNKNOWN', place, `"${name}" is not known here and has no value`, fix)];
}

/** Settings are evaluated when a run starts: no step has an output yet. */
function settingsProblems(check: FlowCheck): FlowProblem[] {
  const { settings } = check.flow;
  return (['businessKey', 'correlationKey', 'orderingKey', 'valueAtStake', 'currency'] as const).flatMap((name) => {
    const text = settings[name]?.$;
    if (text === undefined) return [];
    const place = { field: `settings.${name}` };
    if (text.trim() === '') {
      return [
        flowFault(
          'EXPRESSION_SYNTAX',
          place,
          'the expression is empty',
          'write an expression such as trigger.body.id, or remove the setting',
        ),
      ];
    }
    return parsed(text, place, (reference) =>
      reference.path[0] === 'steps' && !reference.shadowed
        ? [
            flowFault(
              'EXPRESSION_STEP_NOT_VISIBLE',
              place,
              'this is evaluated when a run starts, before any step',
              'read from trigger instead',
            ),
          ]
        : nameProblems(check, reference, place, false),
    );
  });
}
