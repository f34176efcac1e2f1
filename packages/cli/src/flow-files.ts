import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Flow } from '@waybill/flow-model';
import { fromText, parseFlow, toText } from '@waybill/flow-model';
import { CliError, exitCodes } from './cli-error.ts';

/** A flow on disk: a folder in the text format, its `flow.yaml`, or one JSON document. */
export interface FlowOnDisk {
  flow: Flow;
  /** In the text format. */
  files: { 'flow.yaml': string; 'layout.yaml'?: string };
  /** Holds tables, tests and connections beside the flow, where there are any. */
  folder: string;
}

/** @throws {CliError} listing every problem, if the files do not make a flow. */
export function readFlow(path: string): FlowOnDisk {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new CliError(
      `There is nothing at ${path}.`,
      'Give the folder of a flow, its flow.yaml, or a JSON file.',
      exitCodes.usage,
    );
  }
  if (absolute.endsWith('.json')) {
    const flow = readJson(absolute);
    return { flow, files: toText(flow), folder: dirname(absolute) };
  }
  const folder = statSync(absolute).isDirectory() ? absolute : dirname(absolute);
  const files = flowTextOf(folder);
  return { flow: readText(folder, files), files, folder };
}

function readJson(file: string): Flow {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${(error as Error).message}.`, 'Correct it, then try again.');
  }
  const parsed = parseFlow(document);
  if (parsed.ok) return parsed.flow;
  throw notAFlow(file, parsed.problems);
}

/** The files of the text format in a folder. */
function flowTextOf(folder: string): FlowOnDisk['files'] {
  const main = join(folder, 'flow.yaml');
  const layout = join(folder, 'layout.yaml');
  if (!existsSync(main)) {
    throw new CliError(`${folder} has no flow.yaml.`, 'Give the folder of a flow in the text format.', exitCodes.usage);
  }
  return {
    'flow.yaml': readFileSync(main, 'utf8'),
    ...(existsSync(layout) ? { 'layout.yaml': readFileSync(layout, 'utf8') } : {}),
  };
}

function readText(folder: string, files: FlowOnDisk['files']): Flow {
  const read = fromText(files);
  if (read.ok) return read.flow;
  throw notAFlow(folder, read.problems);
}

interface Fault {
  what: string;
  fix: string;
  file?: string;
  /** From 1. */
  line?: number;
}

function notAFlow(where: string, problems: readonly Fault[]): CliError {
  const place = ({ file, line }: Fault) => (file && line ? `${file}, line ${line}: ` : '');
  const list = problems.map((problem) => `  ${place(problem)}${problem.what}\n    ${problem.fix}`).join('\n');
  return new CliError(`${where} is not a valid flow document:\n${list}`, 'Correct these places, then try again.');
}
