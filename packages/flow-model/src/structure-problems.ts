/** What is wrong with the flow as a whole: where it starts, what it reaches, how it nests, how big it is. */
import { flowLimits, hasNode } from './flow.ts';
import type { FlowCheck } from './flow-check.ts';
import { flowFault, flowWarning, nodeName } from './flow-check.ts';
import { ancestorsOf, bodyOf, downstreamOf, edgesInto } from './graph.ts';
import type { NodeId } from './ids.ts';
import type { FlowProblem } from './problem.ts';

export function structureProblems(check: FlowCheck): FlowProblem[] {
  return [
    ...limitProblems(check),
    ...triggerProblems(check),
    ...containerProblems(check),
    ...unreachableProblems(check),
    ...answerProblems(check),
    ...pinProblems(check),
    ...noteProblems(check),
    ...orderProblems(check),
  ];
}

function limitProblems({ flow }: FlowCheck): FlowProblem[] {
  const sizes = [
    ['nodes', Object.keys(flow.nodes).length, flowLimits.nodes],
    ['edges', Object.keys(flow.edges).length, flowLimits.edges],
    ['bytes', new TextEncoder().encode(JSON.stringify(flow)).length, flowLimits.documentBytes],
  ] as const;
  return sizes.flatMap(([what, size, limit]) =>
    size <= limit
      ? []
      : [
          flowFault(
            'LIMIT_EXCEEDED',
            {},
            `the flow has ${size} ${what}, at most ${limit} are allowed`,
            'move a part into a flow of its own and call it',
          ),
        ],
  );
}

const triggersOf = ({ flow, manifests }: FlowCheck): NodeId[] =>
  Object.keys(flow.nodes).filter((id) => manifests.get(id)?.kind === 'trigger');

function triggerProblems(check: FlowCheck): FlowProblem[] {
  const { flow } = check;
  const triggers = triggersOf(check);
  const enabled = triggers.filter((id) => !flow.nodes[id]?.disabled);
  // A node of unknown type may well be the trigger; its own problem says what to do.
  const mayHaveMore = Object.keys(flow.nodes).length > check.manifests.size;
  if (triggers.length === 0 && mayHaveMore) return [];
  if (triggers.length === 0)
    return [
      flowFault(
        'TRIGGER_MISSING',
        {},
        'nothing starts this flow',
        'add a trigger, for example Webhook, Schedule or Manual start',
      ),
    ];
  const off = triggers.filter((id) => flow.nodes[id]?.disabled);
  const inside = triggers.filter((id) => flow.nodes[id]?.parent !== undefined);
  return [
    ...off.map((id) =>
      enabled.length === 0
        ? flowFault(
            'TRIGGER_DISABLED',
            { nodeId: id },
            `${nodeName(flow, id)} is disabled, so nothing starts this flow`,
            'enable it, or add another trigger',
          )
        : flowWarning(
            'TRIGGER_DISABLED',
            { nodeId: id },
            `${nodeName(flow, id)} is disabled and starts no runs`,
            'enable it, or remove it',
          ),
    ),
    ...inside.map((id) =>
      flowFault(
        'TRIGGER_IN_CONTAINER',
        { nodeId: id },
        `${nodeName(flow, id)} lies in a container, where nothing can start it`,
        'move it to the top level',
      ),
    ),
  ];
}

function containerProblems(check: FlowCheck): FlowProblem[] {
  const { flow, graph, manifests } = check;
  const parents = Object.entries(flow.nodes).flatMap(([id, node]): FlowProblem[] => {
    if (node.parent === undefined) return [];
    const place = { nodeId: id, field: 'parent' };
    if (!hasNode(flow, node.parent)) {
      return [
        flowFault(
          'PARENT_MISSING',
          place,
          `${nodeName(flow, id)} lies in "${node.parent}", which does not exist`,
          'move it to the top level or into a container that exists',
        ),
      ];
    }
    const around = manifests.get(node.parent);
    if (around && !around.container) {
      return [
        flowFault(
          'PARENT_NOT_CONTAINER',
          place,
          `${nodeName(flow, id)} lies in ${nodeName(flow, node.parent)}, which is no container`,
          'move it to the top level or into a For each or Scope',
        ),
      ];
    }
    const chain = ancestorsOf(flow, id);
    const outermost = flow.nodes[chain.at(-1) ?? id];
    if (outermost?.parent !== undefined && hasNode(flow, outermost.parent)) {
      return [
        flowFault(
          'NESTING_CYCLE',
          place,
          `${nodeName(flow, id)} lies in a container that lies in itself: ${[id, ...chain].join(' in ')}`,
          'move one of them to the top level',
        ),
      ];
    }
    if (chain.length > flowLimits.nesting) {
      return [
        flowFault(
          'LIMIT_EXCEEDED',
          place,
          `${nodeName(flow, id)} is nested ${chain.length} containers deep, at most ${flowLimits.nesting} are allowed`,
          'call another flow instead of nesting',
        ),
      ];
    }
    return [];
  });
  const empty = [...manifests].filter(([id, manifest]) => manifest.container && bodyOf(graph, id).length === 0);
  return [
    ...parents,
    ...empty.map(([id]) =>
      flowFault(
        'CONTAINER_EMPTY',
        { nodeId: id },
        `${nodeName(flow, id)} has nothing inside`,
        'drag nodes into it, or remove it',
      ),
    ),
  ];
}

function unreachableProblems(check: FlowCheck): FlowProblem[] {
  const { flow, graph } = check;
  const starts = triggersOf(check);
  if (starts.length === 0) return [];
  const reached = new Set(starts);
  for (const start of starts) for (const id of downstreamOf(graph, start)) reached.add(id);
  return Object.keys(flow.nodes)
    .filter((id) => flow.nodes[id]?.parent === undefined && !reached.has(id))
    .map((id) => {
      const alone = edgesInto(graph, id).length === 0;
      const what = `${nodeName(flow, id)} never runs: no path leads to it from a trigger`;
      const fix = alone ? 'connect something to its input, or remove it' : 'connect the nodes before it to a trigger';
      return flowWarning('NODE_UNREACHABLE', { nodeId: id }, what, fix);
    });
}

/** The answer of a webhook is given by another node, so the two must appear together. */
function answerProblems({ flow }: FlowCheck): FlowProblem[] {
  const nodes = Object.entries(flow.nodes).filter(([, node]) => !node.disabled);
  const answers = nodes.filter(([, node]) => node.type === 'core.respond');
  const waiting = nodes.filter(([, node]) => node.type === 'core.webhook' && node.params['respond'] === 'whenResponds');
  const idle = waiting.length > 0 ? [] : answers;
  const unanswered = answers.length > 0 ? [] : waiting;
  return [
    ...idle.map(([id]) =>
      flowWarning(
        'RESPOND_WITHOUT_WEBHOOK',
        { nodeId: id },
        `${nodeName(flow, id)} answers nobody: no webhook of this flow waits for an answer`,
        'let a Webhook trigger respond when the flow responds, or remove this node',
      ),
    ),
    ...unanswered.map(([id]) =>
      flowWarning(
        'WEBHOOK_WITHOUT_RESPOND',
        { nodeId: id },
        `${nodeName(flow, id)} waits for an answer that no node gives`,
        'add a Respond node, or respond immediately',
      ),
    ),
  ];
}

const pinProblems = ({ flow }: FlowCheck): FlowProblem[] =>
  Object.keys(flow.pins).map((id) =>
    flow.nodes[id]
      ? flowWarning(
          'PIN_PRESENT',
          { nodeId: id },
          `${nodeName(flow, id)} has pinned data`,
          'pins are left out of a published version; unpin it to test with real data',
        )
      : flowWarning('PIN_ORPHAN', { nodeId: id }, `data is pinned to "${id}", which does not exist`, 'remove the pin'),
  );

/** Boxes are stored by id, so a note and a node must not share one. */
const noteProblems = ({ flow }: FlowCheck): FlowProblem[] =>
  Object.keys(flow.notes)
    .filter((id) => hasNode(flow, id))
    .map((id) =>
      flowFault(
        'NOTE_ID_TAKEN',
        { field: `notes.${id}` },
        `a note and a node are both called "${id}"`,
        'give the note another id',
      ),
    );

/** Policies that say nothing because what they are about is not set. */
function orderProblems({ flow: { settings } }: FlowCheck): FlowProblem[] {
  if (settings.orderingKey === undefined) {
    return (['ordering', 'onFailed'] as const)
      .filter((name) => settings[name] !== undefined)
      .map((name) =>
        flowWarning(
          'ORDERING_KEY_MISSING',
          { field: `settings.${name}` },
          'this has no effect: runs are put in order by an ordering key, and the flow has none',
          'set an ordering key, or remove this setting',
        ),
      );
  }
  if (settings.ordering !== 'start-order' || settings.onFailed !== 'hold') return [];
  return [
    flowWarning(
      'ORDERING_HOLDS_NOTHING',
      { field: 'settings.onFailed' },
      'a failed run keeps nobody waiting when runs do not wait for each other',
      'let failed runs pass, or let the next run wait for the one before',
    ),
  ];
}
