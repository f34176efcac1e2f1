import type { Logger } from 'pino';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { ServerConfig } from './config.ts';

export type Log = Logger;

/** Paths in logged objects that may hold a secret; belt and braces, since nothing logs requests whole. */
const redact = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  '*.authorization',
  '*.cookie',
  '*.password',
  '*.secret',
  '*.token',
  'headers.authorization',
  'headers.cookie',
];

const levelNames: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** One line a person can read, for terminals. */
function prettyLine(line: string): string {
  const { level, time, msg, pid: _pid, hostname: _host, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const extra = Object.entries(rest)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const name = levelNames[Number(level)] ?? 'info';
  return `${String(time).slice(11, 19)} ${name.padEnd(5)} ${String(msg ?? '')}${extra ? `  ${extra}` : ''}\n`;
}

/** JSON lines for machines, readable lines on a terminal. */
export function createLogger(config: Pick<ServerConfig, 'logLevel'>): Log {
  const options = { level: config.logLevel, redact, base: null, timestamp: stdTimeFunctions.isoTime };
  const stream = process.stdout.isTTY
    ? { write: (line: string) => process.stdout.write(prettyLine(line)) }
    : destination({ fd: 1, sync: true });
  return pino(options, stream);
}
