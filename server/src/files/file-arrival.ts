/** Which flows start when a file arrives, and with what. */
import type { Engine } from '@waybill/engine';
import type { JsonObject } from '@waybill/flow-model';
import { flowVersionIdSchema } from '@waybill/flow-model';
import type { ArmedTriggerRecord, FileRecord, Repositories } from '@waybill/store';
import type { Now } from '../clock.ts';
import type { TriggerDesk } from '../triggers/trigger-desk.ts';
import { textParam } from '../triggers/trigger-params.ts';

/** `*` stands for any signs, `?` for one; capitals do not count. Goes back to the last star only, so no pattern is slow. */
export function nameFits(name: string, pattern: string): boolean {
  const [signs, wanted] = [[...name.toLowerCase()], [...pattern.toLowerCase()]];
  let at = 0;
  let want = 0;
  let star: { at: number; want: number } | null = null;
  while (at < signs.length) {
    if (wanted[want] === '*') {
      star = { at, want };
      want += 1;
    } else if (wanted[want] === '?' || wanted[want] === signs[at]) {
      at += 1;
      want += 1;
    } else if (star) {
      star.at += 1;
      at = star.at;
      want = star.want + 1;
    } else return false;
  }
  return wanted.slice(want).every((sign) => sign === '*');
}

const sameFolder = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Pure: whether a trigger waits for this file. */
export function waitsFor(trigger: ArmedTriggerRecord, file: Pick<FileRecord, 'folder' | 'name'>): boolean {
  const folder = textParam(trigger.params, 'folder');
  const pattern = textParam(trigger.params, 'pattern');
  return (
    trigger.how === 'file' &&
    (folder === null || sameFolder(folder, file.folder)) &&
    (pattern === null || pattern.split(',').some((one) => nameFits(file.name, one.trim())))
  );
}

export interface WaitingFlow {
  flowId: string;
  /** Null: files of every folder. */
  folder: string | null;
}
/** Who waits for files, and where. */
export const waitingFlows = (triggers: readonly ArmedTriggerRecord[]): WaitingFlow[] =>
  triggers.map(({ flowId, params }) => ({ flowId, folder: textParam(params, 'folder')?.trim() ?? null }));

/** Folders that have files or are waited for, by name, with the flows that a file in each may start. */
export function foldersWith(
  stored: readonly string[],
  waiting: readonly WaitingFlow[],
): { name: string; flowIds: string[] }[] {
  const names = new Map(stored.map((name) => [name.toLowerCase(), name]));
  for (const { folder } of waiting)
    if (folder !== null && !names.has(folder.toLowerCase())) names.set(folder.toLowerCase(), folder);
  return [...names.values()]
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({
      name,
      flowIds: [
        ...new Set(
          waiting.filter(({ folder }) => folder === null || sameFolder(folder, name)).map(({ flowId }) => flowId),
        ),
      ],
    }));
}

/** What makes two arrivals one for a trigger: the same content under the same name, or only the very same file. */
export const arrivalKey = ({ nodeId, params }: ArmedTriggerRecord, file: FileRecord): string =>
  params['repeats'] === 'start'
    ? `file:${nodeId}:${file.id}`
    : `file:${nodeId}:${file.sha256}:${file.folder.toLowerCase()}/${file.name.toLowerCase()}`;

/** The event as `core.file-arrived` receives it. */
const arrivalInput = (file: FileRecord): JsonObject => ({
  fileId: file.id,
  folder: file.folder,
  name: file.name,
  path: file.path,
  sizeBytes: file.sizeBytes,
  mediaType: file.mediaType,
  sha256: file.sha256,
  from: file.byName,
  arrivedAt: new Date(file.arrivedAt).toISOString(),
});

export interface StartedByFile {
  flowId: string;
  runId: string;
  duplicate: boolean;
}

export type AnnounceFile = (file: FileRecord) => Promise<StartedByFile[]>;

/** Starts the flows that wait for a file. Repeating it starts none twice, so a crash in between costs nothing. */
export function fileArrival(options: {
  triggers: () => Pick<TriggerDesk, 'waitingForFiles'>;
  engine: () => Pick<Engine, 'start'>;
  store: Pick<Repositories, 'files' | 'fileUses'>;
  now: Now;
}): AnnounceFile {
  const { triggers, engine, store, now } = options;
  return async (file) => {
    const started: StartedByFile[] = [];
    for (const trigger of triggers().waitingForFiles()) {
      if (!waitsFor(trigger, file)) continue;
      const { runId, duplicate } = await engine().start({
        versionId: flowVersionIdSchema.parse(trigger.versionId),
        triggerNode: trigger.nodeId,
        input: arrivalInput(file),
        dedupeKey: arrivalKey(trigger, file),
        mode: 'live',
        startedBy: 'file',
      });
      // After a crash its own run may be there already.
      const starter = duplicate ? await store.fileUses.starterOf(runId) : null;
      const how = starter === null || starter === file.id ? 'started' : 'same-content';
      await store.fileUses.note({ fileId: file.id, runId, how, at: now() });
      started.push({ flowId: trigger.flowId, runId, duplicate });
    }
    await store.files.announced(file.id, now());
    return started;
  };
}
