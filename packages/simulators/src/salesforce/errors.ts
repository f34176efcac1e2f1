/** Salesforce errors: always an array, with a code and the fields at fault. */
import type { Answer } from '../kernel/answer-faults.ts';
import type { JsonObject } from '../kernel/json.ts';

export class SalesforceError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly string[];
  constructor(status: number, code: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** One element of the REST error array. */
  get rest(): JsonObject {
    return {
      message: this.message,
      errorCode: this.code,
      ...(this.fields.length > 0 ? { fields: [...this.fields] } : {}),
    };
  }

  /** The shape inside a row of a collection result. */
  get row(): JsonObject {
    return { statusCode: this.code, message: this.message, fields: [...this.fields] };
  }
}

export function notFound(message = 'The requested resource does not exist'): SalesforceError {
  return new SalesforceError(404, 'NOT_FOUND', message);
}

export function invalidField(message: string, fields: readonly string[] = []): SalesforceError {
  return new SalesforceError(400, 'INVALID_FIELD', message, fields);
}

export function errorArray(status: number, errorCode: string, message: string): Answer {
  return { status, body: JSON.stringify([{ message, errorCode }]) };
}
