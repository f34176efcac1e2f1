export type { ClipboardFragment, Paste, PasteOptions } from './clipboard.ts';
export { clipboardFragmentSchema, copySelection, parseFragment, pasteFragment, uniqueNodeId } from './clipboard.ts';
export { closestName } from './closest-name.ts';
export { connectionsOf, isRoleAlias } from './connections.ts';
export { defaultLayout } from './default-layout.ts';
export type { FieldChange, FlowDiff, NodeChange } from './diff-flows.ts';
export { changesBehaviour, diffFlows } from './diff-flows.ts';
export type { ErrorAction, ErrorDetails, ErrorOwner, ErrorRecord } from './error.ts';
export { FlowError, flowError } from './error.ts';
export type { ExceptionClass } from './exception-class.ts';
export { exceptionClasses } from './exception-class.ts';
export type { ExpressionFault, ParsedExpression, ScopeReference } from './expression.ts';
export { parseExpression, renameSteps, SCOPE_NAMES, stepsReferencedBy } from './expression.ts';
export type {
  Box,
  Edge,
  Expression,
  Flow,
  FlowNode,
  FlowSettings,
  Note,
  ParamValue,
  Pin,
  PortRef,
  RetryPolicy,
} from './flow.ts';
export {
  boxSchema,
  childrenOf,
  edgeId,
  edgeSchema,
  emptyFlow,
  expressionSchema,
  FLOW_FORMAT_VERSION,
  flowLimits,
  flowNodeSchema,
  flowSchema,
  flowSettingsSchema,
  hasNode,
  isExpression,
  noteSchema,
  paramValueSchema,
  pinSchema,
  portRefSchema,
  retryPolicySchema,
} from './flow.ts';
export type { ValidateOptions } from './flow-check.ts';
export type { FlowFromText, TextProblem } from './flow-from-text.ts';
export { fromText } from './flow-from-text.ts';
export type { FlowPart, FlowPartNodes } from './flow-part.ts';
export { flowPartNodes } from './flow-part.ts';
export type { FlowText } from './flow-to-text.ts';
export { toText } from './flow-to-text.ts';
export type { FlowGraph } from './graph.ts';
export {
  ancestorsOf,
  bodyOf,
  cyclesOf,
  downstreamOf,
  edgesFrom,
  edgesInto,
  graphOf,
  topologicalOrder,
  upstreamOf,
  visibleSteps,
} from './graph.ts';
export type {
  EdgeId,
  EpochMs,
  FlowId,
  FlowVersionId,
  NodeId,
  RunId,
  TaskId,
} from './ids.ts';
export {
  flowIdSchema,
  flowVersionIdSchema,
  nodeIdSchema,
  runIdSchema,
  taskIdSchema,
} from './ids.ts';
export type { JsonObject, JsonSchema, JsonValue } from './json.ts';
export { jsonObjectSchema, jsonValueSchema } from './json.ts';
export type {
  IdempotencySpec,
  NodeCapabilities,
  NodeCatalog,
  NodeKind,
  NodeManifest,
  NodeTraits,
  ParamSpec,
  PortSpec,
  RecordSpec,
  TriggerSpec,
} from './manifest.ts';
export {
  capabilitiesSchema,
  ERROR_PORT,
  manifestKey,
  nodeKindSchema,
  nodeManifestSchema,
  outputPortsOf,
  paramSpecSchema,
  portSpecSchema,
  traitsSchema,
  triggerSpecSchema,
} from './manifest.ts';
export type { MaskedNames } from './masking.ts';
export { hiddenIn, isMasked, masked, maskedNamesOf, maskedText, maskKey, textWithout, unmasked } from './masking.ts';
export { migrateFlow } from './migrate-flow.ts';
export type { PlacedExpression } from './node-expressions.ts';
export { expressionsOf } from './node-expressions.ts';
export type { Applied, FlowOperation } from './operations.ts';
export { applyOperation, assertNever } from './operations.ts';
export type { ParsedFlow } from './parse-flow.ts';
export { PARSE_PROBLEM_LIMIT, parseFlow } from './parse-flow.ts';
export type { FlowProblem } from './problem.ts';
export type { ProblemWords } from './problem-words.ts';
export { errorRecordOf, normalisedMessage, problemWords } from './problem-words.ts';
export { readBack } from './read-back.ts';
export type { RecordState } from './record-states.ts';
export { recordStates } from './record-states.ts';
export { renameNode } from './rename-node.ts';
export type { SchemaMismatch } from './schema-match.ts';
export { isAssignable, schemaMismatch } from './schema-match.ts';
export { stepsToGoBackTo } from './step-param-problems.ts';
export { summariseDiff } from './summarise-diff.ts';
export { validateFlow } from './validate-flow.ts';
export type { ValueProblem } from './value-problems.ts';
export { valueProblems } from './value-problems.ts';
export type { WayBack } from './ways-back.ts';
export { waysBack } from './ways-back.ts';
