/** Which fields of a run's data are hidden, and its data as everybody may see it. Where fields are marked: docs/masking.md. */
import { sensitiveFieldNames } from '@waybill/canonical';
import type { JournalRecord } from '@waybill/engine';
import type { Definitions, Journal } from '@waybill/engine/ports';
import type { Flow, FlowId, JsonObject, JsonValue, MaskedNames, NodeCatalog } from '@waybill/flow-model';
import {
  flowIdSchema,
  isMasked,
  manifestKey,
  masked,
  maskedNamesOf,
  maskedText,
  maskKey,
  runIdSchema,
  unmasked,
} from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';

export interface RunMasks {
  /** Of the flow of the run, of those that called it or that it calls, and of the run it repeats: they share data. */
  ofRun(runId: string): Promise<MaskedNames>;
}

const cacheLimit = 500;
/** Runs that lead to a run, and flows it may call: further away nobody would know of the other. */
const mostRelated = 50;
const always: MaskedNames = new Set(sensitiveFieldNames.map(maskKey));

export function runMasks(options: {
  definitions: Pick<Definitions, 'version' | 'published'>;
  journal: Pick<Journal, 'summary'>;
  catalog: NodeCatalog;
}): RunMasks {
  const { definitions, journal, catalog } = options;
  /** Versions never change. */
  const known = new Map<string, MaskedNames>();
  async function ofVersion(versionId: string): Promise<MaskedNames> {
    const found = known.get(versionId);
    if (found) return found;
    const flow = (await definitions.version(versionId as never))?.flow;
    if (!flow) return always;
    const names = maskedNamesOf(flow, catalog, sensitiveFieldNames);
    known.set(versionId, names);
    if (known.size > cacheLimit) known.delete(known.keys().next().value as string);
    return names;
  }
  /** Called flows too: what they hide comes back as the result of the step that called them. */
  async function ofFlows(versionIds: readonly string[]): Promise<MaskedNames> {
    const seen = new Set<string>(versionIds);
    const names = new Set(always);
    // A set gives out what is added to it while it is gone through.
    for (const versionId of seen) {
      for (const name of await ofVersion(versionId)) names.add(name);
      const flow = (await definitions.version(versionId as never))?.flow;
      for (const { flowId, versionNumber } of flow ? calledFlows(flow, catalog) : []) {
        const called = seen.size < mostRelated ? await definitions.published(flowId, versionNumber) : null;
        if (called) seen.add(called.versionId);
      }
    }
    return names;
  }

  return {
    async ofRun(runId) {
      const versionIds: string[] = [];
      const runs = new Set<string>([runId]);
      for (const id of runs) {
        const known = runIdSchema.safeParse(id);
        const summary = known.success ? await journal.summary(known.data) : null;
        if (!summary) continue;
        versionIds.push(summary.versionId);
        const { parentRunId, replayRoot } = summary;
        for (const next of [parentRunId, replayRoot]) if (next !== null && runs.size < mostRelated) runs.add(next);
      }
      return versionIds.length === 0 ? always : ofFlows(versionIds);
    },
  };
}

function calledFlows(flow: Flow, catalog: NodeCatalog): { flowId: FlowId; versionNumber?: number }[] {
  return Object.values(flow.nodes).flatMap(({ type, version, params }) => {
    const specs = Object.entries(catalog.get(manifestKey(type, version))?.params ?? {});
    const { versionNumber } = params;
    return specs.flatMap(([name, spec]) => {
      const flowId = spec.kind === 'flow' ? flowIdSchema.safeParse(params[name]) : null;
      if (!flowId?.success) return [];
      return [{ flowId: flowId.data, ...(typeof versionNumber === 'number' ? { versionNumber } : {}) }];
    });
  });
}

/**
 * A record of a journal without hidden values; what makes it a record stays.
 * @param also hidden values of the run that it may repeat in words.
 */
export function maskedRecord(
  record: JournalRecord,
  names: MaskedNames,
  also: readonly JsonValue[],
): Record<string, unknown> {
  const data = Object.entries(withoutCorrections(record, names)).filter(
    ([, value]) => typeof value === 'object' && value !== null,
  );
  const shown = masked(withoutMaskedFacts(Object.fromEntries(data) as JsonObject), names, also);
  return { ...record, ...(shown as JsonObject) };
}

/** What people corrected stands beside the name of its field, not under it. */
function withoutCorrections(record: JournalRecord, names: MaskedNames): JournalRecord {
  if (record.type !== 'went-back') return record;
  const isHidden = (path: string) => path.split('.').some((name) => isMasked(names, name));
  const sent = record.sent.map((one) => ({
    ...one,
    corrections: one.corrections.map(({ path, value }) => ({ path, value: isHidden(path) ? maskedText : value })),
  }));
  return { ...record, sent };
}

/** A task may hide facts of its own, whatever they are called elsewhere. */
function withoutMaskedFacts(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutMaskedFacts);
  const { maskedFacts, facts } = value;
  const shown: JsonObject = {};
  for (const [key, member] of Object.entries(value)) shown[key] = withoutMaskedFacts(member);
  if (Array.isArray(facts) && Array.isArray(maskedFacts)) {
    const labels = new Set(maskedFacts.filter((label) => typeof label === 'string').map(maskKey));
    shown['facts'] = masked(facts, labels);
  }
  return shown;
}

/**
 * What somebody edited, with what was hidden from them put back.
 * @param also what `masked` was given when it was shown.
 * @throws {HttpProblem} REQUEST_INVALID, naming the fields that were hidden and are not to be found any more.
 */
export function restored(
  edited: JsonValue,
  original: JsonValue,
  names: MaskedNames,
  also: readonly JsonValue[] = [],
): JsonValue {
  const { value, missing } = unmasked(edited, original, names, also);
  if (missing.length === 0) return value;
  throw new HttpProblem('REQUEST_INVALID', {
    detail: `${missing.length} hidden value(s) stand where there was none before; nothing was changed.`,
    fix: 'Enter what belongs there, or leave hidden values where they were.',
    problems: missing.map((path) => ({
      path: `body.edited.${path}`,
      what: `There was no hidden value at "${path}" before.`,
      fix: `Enter the value instead of "${maskedText}".`,
    })),
  });
}

type Told = { key: string; column: string | null; what: string | null; fix: string | null; source: string | null };

/** A record of a stream and what became of it, without hidden values. @param columns of the file; null for other sources. */
export function maskedOutcome<R extends Told>(outcome: R, columns: readonly string[] | null, names: MaskedNames): R {
  if (names.size === 0) return outcome;
  const { column, key, what, fix, source } = outcome;
  const words = column !== null && isMasked(names, column) ? `The value of "${column}" cannot be used.` : what;
  const record = source === null ? undefined : parsed(source);
  // A line that could not be read cannot be told apart into its columns either.
  if (record === undefined) {
    const isHidden = source !== null && columns?.some((name) => isMasked(names, name)) === true;
    return { ...outcome, what: words, source: isHidden ? maskedText : source };
  }
  const shown = masked({ key, what: words, fix, record }, names) as Pick<Told, 'key' | 'what' | 'fix'> & {
    record: JsonValue;
  };
  return { ...outcome, key: shown.key, what: shown.what, fix: shown.fix, source: JSON.stringify(shown.record) };
}

function parsed(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
