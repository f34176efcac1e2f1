/** Bodies as sent: JSON or form, chunked or sized, with or without a Content-Type. */
import express, { type Request, type RequestHandler } from 'express';
import type { Json, JsonObject } from './json.ts';

/** Collects the raw bytes; what they mean is decided by `readBody`. */
export const rawBody: RequestHandler = express.raw({ type: () => true, limit: '20mb' });

export function bodyText(request: Request): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}

/**
 * What a body looks like decides, since clients mislabel it (curl sends JSON as a form).
 * @returns the parsed body, `undefined` when there is none, or a `SyntaxError` for the vendor to word.
 */
export function readBody(request: Request): Json | undefined | SyntaxError {
  const text = bodyText(request).trim();
  if (text === '') return undefined;
  const type = request.get('content-type') ?? '';
  if (!type.includes('json') && (type.includes('x-www-form-urlencoded') || !/^[[{"]/.test(text)))
    return formFields(text);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError(String(error));
  }
}

/** Form fields, with Rails-style names (`workspace[title]=x`) nested. */
export function formFields(text: string): JsonObject {
  const fields: JsonObject = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const nested = /^([^[]+)\[([^\]]*)\]$/.exec(name);
    if (!nested?.[1] || nested[2] === undefined) {
      fields[name] = value;
      continue;
    }
    const inner = fields[nested[1]];
    const target = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
    target[nested[2]] = value;
    fields[nested[1]] = target;
  }
  return fields;
}
