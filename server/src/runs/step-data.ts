import type { StoredValue } from '@waybill/engine';
import type { BlobStore } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';

const shownChars = 200_000;
const shownItems = 200;
const shownStringChars = 20_000;

/** The value behind a stored one; null if its blob is gone. */
export async function loadValue(blobs: Pick<BlobStore, 'get'>, stored: StoredValue | null): Promise<JsonValue> {
  if (stored === null) return null;
  if ('v' in stored) return stored.v;
  const bytes = await blobs.get(stored.blob);
  return bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue) : null;
}

/** A value small enough to look at: long lists and texts are cut, and the answer says so. */
export function cutForDisplay(value: JsonValue): { value: JsonValue; truncated: boolean } {
  if (JSON.stringify(value).length <= shownChars) return { value, truncated: false };
  let left = shownChars;
  const cut = (inner: JsonValue): JsonValue => {
    if (left <= 0) return null;
    if (typeof inner === 'string') {
      const shown = inner.slice(0, Math.min(shownStringChars, left));
      left -= shown.length;
      return shown;
    }
    if (Array.isArray(inner)) {
      const shown: JsonValue[] = [];
      for (const item of inner.slice(0, shownItems)) {
        if (left <= 0) break;
        shown.push(cut(item));
      }
      return shown;
    }
    if (typeof inner === 'object' && inner !== null) {
      const shown: [string, JsonValue][] = [];
      for (const [key, member] of Object.entries(inner)) {
        if (left <= 0) break;
        left -= key.length + 4;
        shown.push([key, cut(member)]);
      }
      return Object.fromEntries(shown);
    }
    left -= 8;
    return inner;
  };
  return { value: cut(value), truncated: true };
}
