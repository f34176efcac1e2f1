import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { CliError } from './cli-error.ts';

/** @throws {CliError} with the line at which the text stops being YAML. */
export function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line;
    const what = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    throw new CliError(`${file}${line ? `, line ${line}` : ''} is not YAML: ${what}.`, 'Correct the file there.');
  }
}

/** @throws {CliError} listing each field that is wrong. */
export function readSchema<T extends z.ZodType>(file: string, value: unknown, schema: T, what: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'file'}: ${issue.message}`).join('\n');
  throw new CliError(`${file} is not ${what}:\n${faults}`, 'Correct these fields.');
}
