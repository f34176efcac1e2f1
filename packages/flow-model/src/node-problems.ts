/** What is wrong with a node by itself: its type, params, credentials and policy. */
import { closestName, listNames } from './closest-name.ts';
import { connectionsOf } from './connections.ts';
import type { FlowNode } from './flow.ts';
import { isExpression } from './flow.ts';
import type { FlowCheck } from './flow-check.ts';
import { flowFault, flowWarning, nodeName } from './flow-check.ts';
import type { NodeId } from './ids.ts';
import type { NodeManifest } from './manifest.ts';
import { ERROR_PORT, outputPortsOf } from './manifest.ts';
import { paramProblems } from './param-problems.ts';
import type { FlowProblem } from './problem.ts';
import { stepParamProblems } from './step-param-problems.ts';

export function nodeProblems(check: FlowCheck): FlowProblem[] {
  return Object.entries(check.flow.nodes).flatMap(([id, node]) => {
    const manifest = check.manifests.get(id);
    const found = manifest
      ? [
          ...paramFaults(id, node, manifest),
          ...referenceProblems(check, id, node, manifest),
          ...stepParamProblems(check, id, node, manifest),
          ...credentialProblems(check, id, node, manifest),
          ...dynamicPortProblems(id, node, manifest),
          ...retryProblems(id, node),
        ]
      : [unknownType(check, id, node), ...retryProblems(id, node)];
    // A disabled node does not run, so its faults must not stop the others.
    return node.disabled ? found.map((problem): FlowProblem => ({ ...problem, severity: 'warning' })) : found;
  });
}

function unknownType(check: FlowCheck, id: NodeId, node: FlowNode): FlowProblem {
  const known = [...check.catalog.values()];
  const versions = known.filter((manifest) => manifest.type === node.type).map((manifest) => manifest.version);
  if (versions.length > 0) {
    const listed = versions.toSorted((a, b) => a - b).join(', ');
    const what = `${nodeName(check.flow, id)} uses version ${node.version} of ${node.type}, which is not installed`;
    return flowFault('NODE_VERSION_UNKNOWN', { nodeId: id }, what, `choose an installed version: ${listed}`);
  }
  const near = closestName(node.type, new Set(known.map((manifest) => manifest.type)));
  const what = `${nodeName(check.flow, id)} has the type ${node.type}, which no installed package provides`;
  const fix = near ? `change the type to ${near}, or install the package` : 'install the package, or replace the node';
  return flowFault('NODE_TYPE_UNKNOWN', { nodeId: id }, what, fix);
}

const paramFaults = (id: NodeId, node: FlowNode, manifest: NodeManifest): FlowProblem[] =>
  paramProblems(manifest.params, node.params).map(({ code, field, what, fix }) =>
    flowFault(code, { nodeId: id, field }, what, fix),
  );

/** Params that name a table or a flow, where the caller said which exist. */
function referenceProblems(check: FlowCheck, id: NodeId, node: FlowNode, manifest: NodeManifest): FlowProblem[] {
  const { tables, flows } = check.options;
  return Object.entries(manifest.params).flatMap(([field, spec]) => {
    const value = node.params[field];
    if (typeof value !== 'string' || value === '') return [];
    const known = spec.kind === 'table' ? tables : spec.kind === 'flow' ? flows : undefined;
    if (!known || known.includes(value)) return [];
    const near = closestName(value, known);
    const fix = near ? `choose "${near}", or create it` : `choose one that exists: ${listNames(known)}`;
    const code = spec.kind === 'table' ? 'TABLE_UNKNOWN' : 'FLOW_UNKNOWN';
    return [flowFault(code, { nodeId: id, field }, `there is no ${spec.kind} "${value}"`, fix)];
  });
}

function credentialProblems(check: FlowCheck, id: NodeId, node: FlowNode, manifest: NodeManifest): FlowProblem[] {
  const { roles, connections } = check.options;
  const bound = connectionsOf(node, manifest);
  const slots = Object.entries(manifest.credentials).flatMap(([slot, spec]) => {
    const to = bound[slot];
    const place = { nodeId: id, field: `connections.${slot}` };
    if (to === undefined) {
      const what = `"${spec.label}" is not bound to a connection`;
      return spec.optional
        ? []
        : [flowFault('CREDENTIAL_UNBOUND', place, what, 'choose a role or a connection for it')];
    }
    if (!roles || roles.includes(to) || connections?.includes(to)) return [];
    const fix = `bind "${to}" to a connection, or use a role that exists: ${listNames(roles)}`;
    return [flowFault('ROLE_UNKNOWN', place, `"${to}" is no known role or connection`, fix)];
  });
  const unknown = Object.keys(node.connections ?? {}).filter((slot) => !Object.hasOwn(manifest.credentials, slot));
  return [
    ...slots,
    ...unknown.map((slot) =>
      flowWarning(
        'CREDENTIAL_SLOT_UNKNOWN',
        { nodeId: id, field: `connections.${slot}` },
        `${manifest.title} has no credential "${slot}"`,
        'remove the binding',
      ),
    ),
  ];
}

const portName = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** Ports made from the rows of a list param must be distinct, well named and known before a run. */
function dynamicPortProblems(id: NodeId, node: FlowNode, manifest: NodeManifest): FlowProblem[] {
  const from = manifest.outputsFrom;
  if (!from) return [];
  const rows = node.params[from.param];
  if (isExpression(rows)) {
    const what = 'the ports of this node come from this list, so it cannot be an expression';
    return [flowFault('PORTS_NOT_LITERAL', { nodeId: id, field: from.param }, what, 'write the rows out')];
  }
  const fixed = new Set([...Object.keys(manifest.outputs), ERROR_PORT]);
  const dynamic = outputPortsOf(manifest, node.params).slice(0, -Object.keys(manifest.outputs).length || undefined);
  return dynamic.flatMap((port, index) => {
    const place = { nodeId: id, field: from.param };
    if (!portName.test(port)) {
      return [
        flowFault(
          'PORT_NAME_INVALID',
          place,
          `"${port}" is no port name`,
          'use a letter followed by letters, digits or _',
        ),
      ];
    }
    if (fixed.has(port)) {
      return [
        flowFault(
          'PORT_DUPLICATE',
          place,
          `the port "${port}" exists already on every ${manifest.title}`,
          'give it another name',
        ),
      ];
    }
    if (dynamic.indexOf(port) === index) return [];
    return [flowFault('PORT_DUPLICATE', place, `two rows name the port "${port}"`, 'rename one of them')];
  });
}

function retryProblems(id: NodeId, node: FlowNode): FlowProblem[] {
  const { retry } = node;
  if (!retry || retry.firstDelayMs <= retry.maxDelayMs) return [];
  const what = `the first retry waits ${retry.firstDelayMs} ms, longer than the longest delay of ${retry.maxDelayMs} ms`;
  const fix = 'lower the first delay or raise the longest';
  return [flowFault('RETRY_POLICY_INVALID', { nodeId: id, field: 'retry.firstDelayMs' }, what, fix)];
}
