import { delimiter, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/** Everything a start needs to know; read once, passed down, never looked up again. */
export interface ServerConfig {
  /** 0 takes any free port. */
  port: number;
  host: string;
  dataDir: string;
  mongodbUri: string | null;
  redisUrl: string | null;
  adminEmail: string;
  adminPassword: string | null;
  /** 32 bytes, base64 or hex; null: a key file in the data folder. */
  masterKey: string | null;
  demo: boolean;
  /** How people reach this server, without a trailing slash; null: the address it listens on. */
  publicUrl: string | null;
  workspaceName: string;
  environment: 'dev' | 'test' | 'prod';
  role: 'all' | 'api' | 'worker';
  runners: number;
  /** PEM file of one more certificate authority that outside systems may use. */
  caFile: string | null;
  /** Number of proxies in front whose `x-forwarded-for` is believed. */
  trustedProxies: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Folders on this machine that connections of the kind Folder may lie in. */
  folders: string[];
  /** Folder of this machine whose files are taken in; null: none is watched. */
  dropDir: string | null;
  /** Of one file that is uploaded or dropped. */
  fileMaxBytes: number;
  /** Files that came in are removed at this age; 0: never. */
  fileDays: number;
  bundlesDir: string;
  editorDir: string;
  /** Checks every reply against the contract; for tests. */
  checkReplies: boolean;
}

/** The start cannot go on; the message is the one line to print. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

const root = resolve(import.meta.dirname, '../..');
const foldersIn = (text: string): string[] => text.split(delimiter).filter((folder) => folder !== '');
const onOff = z.enum(['on', 'off']);
const url = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

/** One row per variable: how it is read and, in words, what is allowed. */
const variables = {
  PORT: { schema: z.coerce.number().int().min(0).max(65_535), allowed: 'a port number from 0 to 65535' },
  WAYBILL_HOST: { schema: z.string().min(1), allowed: 'an address to listen on, such as 127.0.0.1 or 0.0.0.0' },
  WAYBILL_DATA: { schema: z.string().min(1), allowed: 'a folder' },
  MONGODB_URI: { schema: url(['mongodb:', 'mongodb+srv:']), allowed: 'a mongodb:// address' },
  REDIS_URL: { schema: url(['redis:', 'rediss:']), allowed: 'a redis:// address' },
  WAYBILL_ADMIN_EMAIL: { schema: z.email(), allowed: 'an e-mail address' },
  WAYBILL_ADMIN_PASSWORD: { schema: z.string().min(10).max(200), allowed: '10 to 200 characters', secret: true },
  WAYBILL_KEY: {
    schema: z.string().refine((text) => decodeKey(text) !== null),
    allowed: '32 bytes as 64 hex digits or as base64',
    secret: true,
  },
  WAYBILL_DEMO: { schema: onOff, allowed: 'on or off' },
  WAYBILL_PUBLIC_URL: { schema: url(['http:', 'https:']), allowed: 'an http:// or https:// address' },
  WAYBILL_WORKSPACE: { schema: z.string().min(1).max(120), allowed: '1 to 120 characters' },
  WAYBILL_ENVIRONMENT: { schema: z.enum(['dev', 'test', 'prod']), allowed: 'dev, test or prod' },
  WAYBILL_ROLE: { schema: z.enum(['all', 'api', 'worker']), allowed: 'all, api or worker' },
  WAYBILL_RUNNERS: { schema: z.coerce.number().int().min(1).max(64), allowed: 'a number from 1 to 64' },
  WAYBILL_CA_FILE: { schema: z.string().min(1), allowed: 'a PEM file' },
  WAYBILL_TRUSTED_PROXIES: { schema: z.coerce.number().int().min(0).max(10), allowed: 'a number from 0 to 10' },
  WAYBILL_FOLDERS: {
    schema: z.string().refine((text) => foldersIn(text).every(isAbsolute)),
    allowed: `absolute folders, separated by "${delimiter}"`,
  },
  WAYBILL_DROP_DIR: { schema: z.string().refine(isAbsolute), allowed: 'an absolute folder' },
  WAYBILL_FILE_MAX_MB: {
    schema: z.coerce.number().int().min(1).max(1_000_000),
    allowed: 'a number of megabytes from 1 to 1000000',
  },
  WAYBILL_FILE_DAYS: {
    schema: z.coerce.number().int().min(0).max(36_500),
    allowed: 'a number of days from 0 (keep them) to 36500',
  },
  WAYBILL_LOG: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    allowed: 'debug, info, warn, error or silent',
  },
} as const;
type Variables = typeof variables;
type Values = { [K in keyof Variables]?: z.infer<Variables[K]['schema']> };

/** The 32 bytes of a master key, or null if the text is none. */
export function decodeKey(text: string): Buffer | null {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return bytes.length === 32 ? bytes : null;
}

function readVariable(env: NodeJS.ProcessEnv, name: keyof Variables): unknown {
  const raw = env[name];
  if (raw === undefined || raw === '') return undefined;
  const variable = variables[name];
  const parsed = variable.schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const shown = 'secret' in variable ? `${raw.length} characters` : JSON.stringify(raw);
  throw new ConfigError(`${name} is ${shown}; allowed is ${variable.allowed}.`);
}

/**
 * Reads the environment.
 * @throws {ConfigError} naming the variable, what was read and what is allowed.
 */
export function readConfig(env: NodeJS.ProcessEnv): ServerConfig {
  const names = Object.keys(variables) as (keyof Variables)[];
  const values = Object.fromEntries(names.map((name) => [name, readVariable(env, name)])) as Values;
  return {
    port: values.PORT ?? 4700,
    host: values.WAYBILL_HOST ?? '127.0.0.1',
    dataDir: resolve(values.WAYBILL_DATA ?? '.waybill'),
    mongodbUri: values.MONGODB_URI ?? null,
    redisUrl: values.REDIS_URL ?? null,
    adminEmail: values.WAYBILL_ADMIN_EMAIL ?? 'admin@waybill.local',
    adminPassword: values.WAYBILL_ADMIN_PASSWORD ?? null,
    masterKey: values.WAYBILL_KEY ?? null,
    demo: values.WAYBILL_DEMO !== 'off',
    publicUrl: values.WAYBILL_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    workspaceName: values.WAYBILL_WORKSPACE ?? 'Waybill',
    environment: values.WAYBILL_ENVIRONMENT ?? 'dev',
    role: values.WAYBILL_ROLE ?? 'all',
    runners: values.WAYBILL_RUNNERS ?? 2,
    caFile: values.WAYBILL_CA_FILE ?? null,
    trustedProxies: values.WAYBILL_TRUSTED_PROXIES ?? 0,
    logLevel: values.WAYBILL_LOG ?? 'info',
    folders: foldersIn(values.WAYBILL_FOLDERS ?? '').map((folder) => resolve(folder)),
    dropDir: values.WAYBILL_DROP_DIR ? resolve(values.WAYBILL_DROP_DIR) : null,
    fileMaxBytes: (values.WAYBILL_FILE_MAX_MB ?? 2_000) * 1_000_000,
    fileDays: values.WAYBILL_FILE_DAYS ?? 90,
    bundlesDir: resolve(root, 'nodes/dist'),
    editorDir: resolve(root, 'editor/dist'),
    checkReplies: false,
  };
}
