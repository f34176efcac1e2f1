import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApiClient, FlowDetail } from '@waybill/api-contract';
import { ApiError } from '@waybill/api-contract';
import { apiWithKey } from '../api-session.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { FlowOnDisk } from '../flow-files.ts';
import { readFlow } from '../flow-files.ts';
import { readLookupTables } from '../lookup-tables.ts';

export interface RemoteOptions {
  server: string;
  key?: string;
}

export function remote(options: RemoteOptions): ApiClient {
  const apiKey = options.key ?? process.env['WAYBILL_API_KEY'];
  if (!apiKey) {
    throw new CliError(
      `No API key for ${options.server}.`,
      'Make one under Settings > API keys and give it as --key or WAYBILL_API_KEY.',
      exitCodes.usage,
    );
  }
  return apiWithKey({ baseUrl: options.server.replace(/\/$/, ''), apiKey });
}

/** Writes the text format of a flow into `folder`. @returns the paths written. */
export async function exportFlow(api: ApiClient, flowId: string, folder: string, version?: number): Promise<string[]> {
  const { files } = await api('exportFlow', {
    params: { flowId: flowId as never },
    query: version === undefined ? {} : { version },
  });
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([name, text]) => {
    const file = join(resolve(folder), name);
    writeFileSync(file, text);
    return file;
  });
}

/** What is there under an id, or null. @throws {ApiError} for any other refusal. */
const orNull = <T>(found: Promise<T>): Promise<T | null> =>
  found.catch((error: unknown) => {
    if (error instanceof ApiError && error.problem.code === 'NOT_FOUND') return null;
    throw error;
  });

/** Installs the lookup tables that come with a flow; tables that are there get these rows. */
export async function installTables(api: ApiClient, folder: string): Promise<void> {
  for (const { name, ...table } of readLookupTables(folder)) {
    const there = await orNull(api('getTable', { params: { name } }));
    await api('putTable', { params: { name }, body: { ...table, revision: there?.revision ?? 0 } });
  }
}

/**
 * Makes or updates the draft of the flow in a folder.
 * @throws {ApiError} DRAFT_CHANGED if somebody saves the draft at the same moment.
 */
export async function importDraft(api: ApiClient, { flow, files }: FlowOnDisk): Promise<FlowDetail> {
  const there = await orNull(api('getFlow', { params: { flowId: flow.id } }));
  return api('importFlow', { body: { files: { ...files }, ...(there ? { revision: there.summary.revision } : {}) } });
}

/** Makes or updates the flow of a folder on the server; publishes it when asked. */
export async function importFlow(api: ApiClient, folder: string, publishNote: string | null) {
  const detail = await importDraft(api, readFlow(folder));
  if (publishNote === null) return { detail, version: null };
  const { version } = await api('publishFlow', {
    params: { flowId: detail.summary.id },
    body: { revision: detail.summary.revision, note: publishNote },
  });
  return { detail, version };
}
