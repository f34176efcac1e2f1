import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient, RunDetail, Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { readConfig } from '@waybill/server';
import { z } from 'zod';
import { apiWithLink } from '../api-session.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { readFlow } from '../flow-files.ts';
import { importDraft, installTables } from './remote.ts';
import { startPlatform } from './start.ts';

export interface RunOptions {
  input?: string;
  trigger?: string;
  connections?: string;
  demo: boolean;
  approve?: string;
  /** Seconds. */
  timeout: number;
  json: boolean;
}

const connectionsSchema = z.record(
  z.string(),
  z.strictObject({
    type: z.string(),
    fields: z.record(z.string(), z.string()),
    allowPrivateAddresses: z.boolean().default(false),
  }),
);
const ended = new Set(['succeeded', 'failed', 'cancelled', 'ignored', 'quarantined']);

function readJson(file: string): unknown {
  if (file !== '-' && !existsSync(file))
    throw new CliError(`There is no file ${file}.`, 'Give a JSON file, or - to read standard input.', exitCodes.usage);
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new CliError(
      `${file === '-' ? 'Standard input' : file} is not JSON: ${(error as Error).message}.`,
      'Correct it and run again.',
      exitCodes.usage,
    );
  }
}

async function bindConnections(api: ApiClient, file: string): Promise<void> {
  const parsed = connectionsSchema.safeParse(readJson(file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n');
    throw new CliError(
      `${file} does not bind connections:\n${faults}`,
      'Write { "crm": { "type": "salesforce", "fields": { ... } } }.',
      exitCodes.usage,
    );
  }
  for (const [role, connection] of Object.entries(parsed.data)) {
    const made = await api('createConnection', { body: { name: role, ...connection } });
    await api('bindRole', { params: { role }, body: { connectionId: made.id } });
  }
}

/** Decides open tasks of the run with the outcome given, filling forms with their start values. */
async function decideTasks(api: ApiClient, runId: string, outcome: string): Promise<void> {
  const { items } = await api('listTasks', { query: { view: 'all' } });
  for (const task of items.filter((each) => each.runId === runId && each.mayDecide)) {
    const chosen =
      task.outcomes.find((each) => each.name === outcome) ?? task.outcomes.find((each) => each.tone === 'positive');
    if (!chosen) continue;
    await api('decideTask', {
      params: { taskId: task.id },
      body: { outcome: chosen.name, comment: 'Decided by waybill run.', form: startValues(task) },
    });
  }
}

const startValues = (task: Task): Record<string, JsonValue> =>
  Object.fromEntries(task.form.fields.map((field) => [field.name, field.default ?? field.options?.[0] ?? null]));

/** Asks for the run until it ended, or waits for somebody and nobody decides. */
async function follow(api: ApiClient, runId: string, options: RunOptions): Promise<RunDetail> {
  const giveUpAt = Date.now() + options.timeout * 1_000;
  for (;;) {
    const detail = await api('getRun', { params: { runId } });
    if (ended.has(detail.run.status)) return detail;
    if (options.approve && detail.run.status === 'waiting') await decideTasks(api, runId, options.approve);
    if (Date.now() > giveUpAt) return detail;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function print({ run, steps }: RunDetail): void {
  for (const step of steps) {
    const took = step.startedAt !== null && step.endedAt !== null ? `${step.endedAt - step.startedAt} ms` : '';
    console.log(`  ${step.status.padEnd(10)} ${step.title}${step.waiting ? `: ${step.waiting.words}` : ''}  ${took}`);
    if (step.error) console.log(`             ${step.error.what}\n             ${step.error.fix}`);
  }
  console.log(
    `${run.status}${run.businessKey ? ` (${run.businessKey})` : ''}${run.errorWhat ? `: ${run.errorWhat}` : ''}`,
  );
}

/**
 * Runs a flow on a platform made for this one run, in a folder that goes away with it.
 * @returns 0 if the run succeeded, 1 if it did not.
 */
export async function runOnce(path: string, options: RunOptions): Promise<number> {
  const onDisk = readFlow(path);
  const input = options.input === undefined ? null : (readJson(options.input) as JsonValue);
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-run-'));
  const settings = {
    ...readConfig({ WAYBILL_DEMO: options.demo ? 'on' : 'off', WAYBILL_LOG: 'error' }),
    port: 0,
    dataDir,
  };
  const platform = await startPlatform(settings, { randomSimulatorPorts: true });
  try {
    const link = await platform.server.newSignInLink();
    const api = await apiWithLink(link ?? '');
    await installTables(api, onDisk.folder);
    const { summary } = await importDraft(api, onDisk);
    if (options.connections) await bindConnections(api, options.connections);
    const body = {
      of: 'draft' as const,
      input,
      ...(options.trigger === undefined ? {} : { triggerNode: options.trigger }),
    };
    const { runId } = await api('runFlow', { params: { flowId: summary.id }, body });
    const detail = await follow(api, runId, options);
    if (options.json) console.log(JSON.stringify({ run: detail.run, steps: detail.steps }, null, 2));
    else print(detail);
    return detail.run.status === 'succeeded' ? exitCodes.ok : exitCodes.failed;
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
