import { renameSteps, renameStepsInCode } from './expression.ts';
import type { FlowNode, ParamValue } from './flow.ts';
import { isExpression } from './flow.ts';
import type { NodeId } from './ids.ts';
import type { NodeManifest, ParamSpec } from './manifest.ts';

/** One expression of a node: where it stands (dotted from the param's name) and its JSONata text. */
export interface PlacedExpression {
  readonly field: string;
  readonly text: string;
  /** What it sees instead of the step's scope. */
  readonly names?: readonly string[];
}

/** Whether a spec's plain text is JSONata by itself. */
export const isBareExpression = (spec: ParamSpec | undefined): boolean =>
  spec?.kind === 'expression' || (spec?.kind === 'code' && spec.language === 'jsonata');

/** `{ $: text }` anywhere inside a value. */
export function expressionsIn(value: unknown, field: string): PlacedExpression[] {
  if (isExpression(value)) return [{ field, text: value.$ }];
  if (Array.isArray(value)) return value.flatMap((item, index) => expressionsIn(item, `${field}.${index}`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => expressionsIn(item, `${field}.${key}`));
}

function expressionsOfParam(spec: ParamSpec | undefined, value: unknown, field: string): PlacedExpression[] {
  if (typeof value === 'string') {
    if (!isBareExpression(spec)) return [];
    return [{ field, text: value, ...(spec?.kind === 'code' && spec.names ? { names: spec.names } : {}) }];
  }
  if (spec?.kind === 'list' && Array.isArray(value)) {
    return value.flatMap((row, index) =>
      typeof row === 'object' && row !== null && !isExpression(row)
        ? Object.entries(row).flatMap(([key, cell]) =>
            expressionsOfParam(spec.item[key], cell, `${field}.${index}.${key}`),
          )
        : expressionsIn(row, `${field}.${index}`),
    );
  }
  return expressionsIn(value, field);
}

/** Every expression in a node's params. Without a manifest only the wrapped ones can be told from text. */
export const expressionsOf = (node: FlowNode, manifest: NodeManifest | undefined): PlacedExpression[] =>
  Object.entries(node.params).flatMap(([name, value]) => expressionsOfParam(manifest?.params[name], value, name));

type Rewrite = (text: string) => string;

function rewriteValue(value: ParamValue, rewrite: Rewrite): ParamValue {
  if (isExpression(value)) return { $: rewrite(value.$) };
  if (Array.isArray(value)) return value.map((item) => rewriteValue(item, rewrite));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewriteValue(item, rewrite)]));
}

function rewriteParam(spec: ParamSpec | undefined, value: ParamValue, rewrite: Rewrite): ParamValue {
  if (typeof value === 'string') return isBareExpression(spec) ? rewrite(value) : value;
  if (spec?.kind === 'list' && Array.isArray(value)) {
    return value.map((row) =>
      typeof row === 'object' && row !== null && !Array.isArray(row) && !isExpression(row)
        ? Object.fromEntries(
            Object.entries(row).map(([key, cell]) => [key, rewriteParam(spec.item[key], cell, rewrite)]),
          )
        : rewriteValue(row, rewrite),
    );
  }
  return rewriteValue(value, rewrite);
}

/** The node with every expression that `expressionsOf` finds replaced by `rewrite(text)`. */
const rewriteExpressions = (node: FlowNode, manifest: NodeManifest | undefined, rewrite: Rewrite): FlowNode => ({
  ...node,
  params: Object.fromEntries(
    Object.entries(node.params).map(([name, value]) => [name, rewriteParam(manifest?.params[name], value, rewrite)]),
  ),
});

/** The node with `steps.<old>` replaced by `steps.<new>` in its expressions and in the source of its code. */
export function renameStepsOf(
  node: FlowNode,
  manifest: NodeManifest | undefined,
  newNames: ReadonlyMap<NodeId, NodeId>,
): FlowNode {
  const renamed = rewriteExpressions(node, manifest, (text) => renameSteps(text, newNames));
  const params = Object.entries(renamed.params).map(([name, value]) => {
    const spec = manifest?.params[name];
    const isCode = spec?.kind === 'code' && spec.language === 'typescript' && typeof value === 'string';
    if (spec?.kind === 'step' && typeof value === 'string') return [name, newNames.get(value) ?? value];
    return [name, isCode ? renameStepsInCode(value, newNames) : value];
  });
  return { ...renamed, params: Object.fromEntries(params) };
}
