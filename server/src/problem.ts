import type { Problem } from '@waybill/api-contract';
import type { FlowProblem } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';

type ProblemItem = NonNullable<Problem['problems']>[number];

/** Status and title of every problem the API can answer with. */
export const problemTable = {
  NOT_SIGNED_IN: [401, 'Not signed in'],
  SIGN_IN_REFUSED: [401, 'Sign-in refused'],
  SIGN_IN_LOCKED: [429, 'Too many attempts'],
  LINK_INVALID: [401, 'Sign-in link not valid'],
  NOT_ALLOWED: [403, 'Not allowed'],
  CSRF_TOKEN_INVALID: [403, 'Request not from this page'],
  ORIGIN_NOT_ALLOWED: [403, 'Request from another site'],
  NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed'],
  REQUEST_INVALID: [400, 'Request not valid'],
  URL_MALFORMED: [400, 'Address not valid'],
  JSON_INVALID: [400, 'Not valid JSON'],
  ENCODING_INVALID: [400, 'Not valid UTF-8'],
  CURSOR_INVALID: [400, 'Cursor not valid'],
  BODY_MISSING: [400, 'Body missing'],
  BODY_TOO_LARGE: [413, 'Body too large'],
  REQUEST_TOO_SLOW: [408, 'Request too slow'],
  CONTENT_TYPE_UNSUPPORTED: [415, 'Content type not supported'],
  CONTENT_ENCODING_UNSUPPORTED: [415, 'Content encoding not supported'],
  FLOW_INVALID: [422, 'Flow not valid'],
  FLOW_MALFORMED: [422, 'Not a flow'],
  DRAFT_CHANGED: [409, 'Draft changed elsewhere'],
  FLOW_EXISTS: [409, 'Flow exists'],
  FLOW_WAS_PUBLISHED: [409, 'Flow was published'],
  FLOW_NOT_PUBLISHED: [409, 'Flow not published'],
  FLOW_RETIRED: [409, 'Flow retired'],
  SETTING_FAILED: [422, 'Flow could not begin'],
  SETTING_NOT_EVALUATED: [503, 'Not possible at the moment'],
  TRIGGER_UNKNOWN: [422, 'Trigger unknown'],
  STEP_NOT_REACHED: [422, 'Step not reached'],
  TABLE_CHANGED: [409, 'Table changed elsewhere'],
  TABLE_INVALID: [422, 'Table not valid'],
  EMAIL_TAKEN: [409, 'Address in use'],
  LAST_ADMIN: [409, 'Last administrator'],
  CONNECTION_IN_USE: [409, 'Connection in use'],
  CONNECTION_INVALID: [422, 'Connection not valid'],
  CONNECTION_ACT_REFUSED: [409, 'Not possible now'],
  CROSSWALK_CONFLICT: [409, 'Contradicting link'],
  TASK_CLOSED: [409, 'Task closed'],
  TASK_CLAIMED: [409, 'Task claimed'],
  TASK_DECISION_REFUSED: [403, 'Decision refused'],
  TASK_ACT_REFUSED: [403, 'Not possible with this task'],
  TASK_PERSON_REFUSED: [422, 'Person cannot take the task'],
  ATTACHMENT_REFUSED: [422, 'File refused'],
  ABSENCE_INVALID: [422, 'Absence not valid'],
  TASK_FORM_INVALID: [422, 'Form not valid'],
  FILE_REFUSED: [422, 'File refused'],
  FILE_IN_USE: [409, 'File in use'],
  EXCEPTION_CLOSED: [409, 'Exception closed'],
  EXCEPTION_TAKEN: [409, 'Somebody was quicker'],
  EXCEPTION_CHANGED: [409, 'Failed again meanwhile'],
  EXCEPTION_ACT_REFUSED: [409, 'Not possible now'],
  EXCEPTION_FORM_INVALID: [422, 'Correction not valid'],
  DELIVERY_SETTINGS_CHANGED: [409, 'Settings changed elsewhere'],
  DELIVERY_SETTINGS_INVALID: [422, 'Settings not valid'],
  RULES_CHANGED: [409, 'Rules changed elsewhere'],
  RUN_ACTION_REFUSED: [409, 'Not possible now'],
  EDIT_INVALID: [422, 'Changed data not valid'],
  UNDO_NOTHING: [409, 'Nothing to take back'],
  RUN_UNKNOWN: [404, 'Run unknown'],
  RUN_NOT_OVER: [409, 'Run not over'],
  RUN_REPEATED: [409, 'Repeated by another run'],
  REPLAY_UNDER_WAY: [409, 'Another repeat is under way'],
  REPLAY_STEP_UNKNOWN: [422, 'Step unknown'],
  REPLAY_TRIGGER_MISSING: [422, 'Trigger missing'],
  BULK_EMPTY: [422, 'Nothing to do'],
  BULK_CHANGED: [409, 'More runs than agreed to'],
  BULK_TOO_LARGE: [422, 'Too many runs'],
  BULK_OVER: [409, 'Bulk action over'],
  KEY_NOT_HELD: [409, 'Nothing waits'],
  VALUE_GONE: [404, 'Value gone'],
  SIGNATURE_INVALID: [401, 'Signature not valid'],
  WEBHOOK_UNKNOWN: [404, 'Webhook unknown'],
  RESPONSE_TIMEOUT: [504, 'No answer in time'],
  RATE_LIMITED: [429, 'Too many requests'],
  STORAGE_FULL: [507, 'Disk full'],
  STOPPING: [503, 'Stopping'],
  STORE_UNREACHABLE: [503, 'Store not reachable'],
  INTERNAL: [500, 'Unexpected error'],
} as const satisfies Record<string, readonly [number, string]>;
export type ProblemCode = keyof typeof problemTable;

/** An expected refusal of a request: code, what happened, what to do. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly fix: string;
  readonly problems: ProblemItem[] | undefined;
  readonly headers: Record<string, string>;
  /** More members of the reply, e.g. the run id of a call that timed out. */
  readonly extra: Record<string, string | number>;

  constructor(
    code: ProblemCode,
    details: {
      detail: string;
      fix: string;
      problems?: ProblemItem[];
      headers?: Record<string, string>;
      extra?: Record<string, string | number>;
      cause?: unknown;
    },
  ) {
    super(details.detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HttpProblem';
    this.code = code;
    this.fix = details.fix;
    this.problems = details.problems;
    this.headers = details.headers ?? {};
    this.extra = details.extra ?? {};
  }

  get status(): number {
    return problemTable[this.code][0];
  }
}

export const notFound = (what: string): HttpProblem =>
  new HttpProblem('NOT_FOUND', {
    detail: `${what} does not exist.`,
    fix: 'Check the address, or go back to the list.',
  });

const isKnown = (code: string): code is ProblemCode => Object.hasOwn(problemTable, code);

/** Any error as what the outside may know of it; unknown ones say nothing but where to look. */
export function problemOf(error: unknown, requestId: string): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof FlowError && isKnown(error.code))
    return new HttpProblem(error.code, { detail: error.details.what, fix: error.details.fix, cause: error });
  if (error instanceof URIError)
    return new HttpProblem('URL_MALFORMED', {
      detail: 'The address holds a % that starts no valid character.',
      fix: 'Encode special characters of the address as UTF-8 percent escapes.',
    });
  return new HttpProblem('INTERNAL', {
    detail: `Something went wrong that should not have. It is in the server log under ${requestId}.`,
    fix: 'Try again; if it happens again, give that number to whoever runs this server.',
    cause: error,
  });
}

/** The reply body for a problem. */
export function problemBody(problem: HttpProblem, instance: string): Problem & Record<string, unknown> {
  const [status, title] = problemTable[problem.code];
  return {
    type: 'about:blank',
    title,
    status,
    code: problem.code,
    detail: problem.message,
    fix: problem.fix,
    instance,
    ...(problem.problems ? { problems: problem.problems } : {}),
    ...problem.extra,
  };
}

/** Faults of a flow as items of a problem reply. */
export const problemItems = (problems: readonly FlowProblem[]): ProblemItem[] =>
  problems.map(({ nodeId, edgeId, field, what, fix }) => ({
    path: [nodeId ? `nodes.${nodeId}` : edgeId ? `edges.${edgeId}` : '', field ?? ''].filter(Boolean).join('.'),
    what,
    fix,
  }));
