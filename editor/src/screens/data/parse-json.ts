import type { JsonValue } from '@waybill/flow-model';

/** Text to JSON, or what is wrong with it. Pure. */
export function parseJson(text: string): { ok: true; value: JsonValue } | { ok: false; what: string } {
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { ok: false, what: faultWords(text, error instanceof Error ? error.message : '') };
  }
}

/** Engines tell the place, or only the character, of a fault; this says what they tell. */
function faultWords(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined && Number(position) < text.length) {
    const before = text.slice(0, Number(position)).split('\n');
    return `This is no JSON: look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
  }
  const token = /^Unexpected token '(.+?)',/.exec(message)?.[1];
  return token === undefined
    ? 'This is no JSON yet: something is missing at the end.'
    : `This is no JSON: “${token}” stands where it may not. Texts need double quotes.`;
}
