/** `/composite`: up to 25 subrequests that may refer to earlier answers by `@{reference.path}`. */
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { ApiAnswer, ApiCall } from './api.ts';
import { SalesforceError } from './errors.ts';

const maxSubrequests = 25;

interface SubAnswer extends ApiAnswer {
  readonly referenceId: string;
}

class Halted extends Error {
  readonly answers: SubAnswer[];
  constructor(answers: SubAnswer[]) {
    super('A subrequest failed');
    this.answers = answers;
  }
}

export function answerComposite(call: ApiCall, answer: (call: ApiCall) => ApiAnswer): ApiAnswer {
  const { allOrNone, compositeRequest } = asObject(call.body);
  if (!Array.isArray(compositeRequest) || !compositeRequest.every(isJsonObject)) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The body must hold an array "compositeRequest"');
  }
  if (compositeRequest.length > maxSubrequests) {
    throw new SalesforceError(
      400,
      'LIMIT_EXCEEDED',
      `The composite request holds more than ${maxSubrequests} subrequests`,
    );
  }
  return {
    status: 200,
    body: { compositeResponse: answersOf(call, compositeRequest, allOrNone === true, answer).map(shown) },
  };
}

function answersOf(
  call: ApiCall,
  requests: readonly JsonObject[],
  allOrNone: boolean,
  answer: (call: ApiCall) => ApiAnswer,
): SubAnswer[] {
  const runAll = () => {
    const answers: SubAnswer[] = [];
    for (const request of requests) answers.push(answerOne(call, request, answers, answer));
    return answers;
  };
  if (!allOrNone) return runAll();
  try {
    return call.org.store.transaction(() => {
      const answers = runAll();
      if (answers.some(({ status }) => status >= 400)) throw new Halted(answers);
      return answers;
    });
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    const message = 'The transaction was rolled back since another operation in the same transaction failed.';
    return error.answers.map((one) =>
      one.status >= 400 ? one : { ...failed('PROCESSING_HALTED', message), referenceId: one.referenceId },
    );
  }
}

function answerOne(
  call: ApiCall,
  request: JsonObject,
  earlier: readonly SubAnswer[],
  answer: (call: ApiCall) => ApiAnswer,
): SubAnswer {
  const referenceId = String(request['referenceId'] ?? '');
  try {
    const url = new URL(String(resolved(request['url'] ?? '', earlier)), 'http://localhost');
    const [, version = call.version, rest = ''] = /^\/services\/data\/(v\d+\.\d)\/?(.*)$/.exec(url.pathname) ?? [];
    const path = rest.split('/').filter(Boolean).map(decodeURIComponent);
    if (path[0] === 'composite' && path[1] !== 'sobjects')
      throw new SalesforceError(400, 'INVALID_INPUT', 'Composite requests cannot be nested');
    const body = request['body'] === undefined ? undefined : resolved(request['body'], earlier);
    const method = String(request['method'] ?? 'GET').toUpperCase();
    const origin = { ...call.origin, method, path: url.pathname, ...(body === undefined ? {} : { body }) };
    return {
      ...call.org.store.transaction(() =>
        answer({ ...call, method, version, path, query: url.searchParams, body, origin }),
      ),
      referenceId,
    };
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return { status: error.status, body: [error.rest], referenceId };
  }
}

/** Replaces references anywhere in a value. @throws {SalesforceError} when one cannot be resolved. */
function resolved(value: Json, earlier: readonly SubAnswer[]): Json {
  if (Array.isArray(value)) return value.map((part) => resolved(part, earlier));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolved(part, earlier)]));
  if (typeof value !== 'string') return value;
  return value.replace(/@\{([^}]+)\}/g, (whole, path: string) => {
    const [reference = '', ...steps] = path.split(/[.[\]]+/).filter(Boolean);
    const source = earlier.find((one) => one.referenceId === reference);
    if (!source || source.status >= 400) {
      throw new SalesforceError(
        400,
        'PROCESSING_HALTED',
        `Invalid reference specified. No value for ${whole} found in ${reference}`,
      );
    }
    let found: Json | undefined = source.body;
    for (const step of steps) found = Array.isArray(found) ? found[Number(step)] : asObject(found)[step];
    if (found === undefined || found === null || typeof found === 'object') {
      throw new SalesforceError(
        400,
        'PROCESSING_HALTED',
        `Invalid reference specified. No value for ${whole} found in ${reference}`,
      );
    }
    return String(found);
  });
}

function failed(errorCode: string, message: string): ApiAnswer {
  return { status: 400, body: [{ errorCode, message }] };
}

function shown(answer: SubAnswer): JsonObject {
  return {
    body: answer.body ?? null,
    httpHeaders: { ...answer.headers },
    httpStatusCode: answer.status,
    referenceId: answer.referenceId,
  };
}
