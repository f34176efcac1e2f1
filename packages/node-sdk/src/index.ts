export type {
  EpochMs,
  ExceptionClass,
  JsonObject,
  JsonSchema,
  JsonValue,
  NodeManifest,
  ProblemWords,
} from '@waybill/flow-model';
export { errorRecordOf, exceptionClasses, normalisedMessage, problemWords } from '@waybill/flow-model';
export type { CodeRunner } from './code.ts';
export type {
  AuthScheme,
  CredentialDefinition,
  CredentialField,
  CredentialHandle,
  CredentialLimits,
} from './credential.ts';
export { defineCredential } from './credential.ts';
export type {
  Credentials,
  CrosswalkClient,
  DefinedTraits,
  ErasedNodeDefinition,
  NodeContext,
  NodeDefinition,
  PollContext,
  PollResult,
  TablesClient,
} from './define-node.ts';
export { defineNode } from './define-node.ts';
export type {
  Assignment,
  Directive,
  Emitted,
  ExceptionFacts,
  NodeOutcome,
  TaskForm,
  TaskOutcome,
  TaskPriority,
  TaskRequest,
} from './directive.ts';
export { taskPriorities } from './directive.ts';
export type { ErrorExplanation, ErrorMeaning } from './errors.ts';
export { forPerson, nodeError, repeatedLater } from './errors.ts';
export type {
  HttpClient,
  HttpReply,
  HttpReplyMessage,
  HttpRequestMessage,
  HttpRequestOptions,
  RawReply,
} from './http.ts';
export type { HttpClientOptions } from './http-client.ts';
export { anyBody, createHttpClient, queryString, readAs } from './http-client.ts';
export { explainStatus, retryAfterMs } from './http-errors.ts';
export { manifestOf } from './manifest.ts';
export type { NodePackage } from './node-package.ts';
export { defineNodePackage } from './node-package.ts';
export type { Param, Params, ValuesOf } from './param.ts';
export { param } from './param.ts';
export type { Port, Ports, PortValues } from './port.ts';
export { anyPort, port } from './port.ts';
export type { PriorState, Restoration } from './prior-state.ts';
export {
  carryOut,
  keepPriorParam,
  notKept,
  priorState,
  priorStateSchema,
  restorationOf,
  unreadable,
} from './prior-state.ts';
export type { RecordResult } from './record-results.ts';
export { recordResultSchema, recordResultsIn, recordsSent, resultsFault } from './record-results.ts';
export type {
  RecordColumn,
  RecordEncoding,
  RecordFormat,
  RecordLimits,
  RecordPage,
  RecordSink,
  RecordSource,
  RecordStage,
  RecordStream,
  RecordsHandle,
} from './records.ts';
export { measureKinds, recordEncodings, recordsHandle, recordsHandleSchema, withStage } from './records.ts';
export { days, hours, minutes, seconds } from './time.ts';
export { inboundHmac, webhookCall, webhookParams } from './webhook.ts';
