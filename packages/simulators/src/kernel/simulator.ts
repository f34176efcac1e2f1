/** What one simulated system brings to the kernel, and what the kernel hands it. */
import type { Express, Request, RequestHandler } from 'express';
import type { VendorAnswers } from './answer-faults.ts';
import type { AssertionKeys } from './assertion-keys.ts';
import type { AuditFilter, AuditRow } from './audit.ts';
import type { FaultRule } from './faults.ts';
import type { Json } from './json.ts';
import type { RecordStore, WriteOrigin } from './record-store.ts';

export type SimulatorName = 'salesforce' | 'netsuite' | 'kantata' | 'slack';

export interface SimulatorInfo {
  readonly name: SimulatorName;
  readonly title: string;
  /** Plain http, no trailing slash. */
  readonly baseUrl: string;
  /** The same application behind the test CA. */
  readonly httpsUrl: string;
  /** PEM file of the test CA. */
  readonly caFile: string;
  /** Stable test credentials; fit for nothing but this simulator. */
  readonly credentials: Record<string, string>;
  readonly pages?: readonly { readonly title: string; readonly url: string }[];
}

export interface RunningSimulator {
  readonly info: SimulatorInfo;
  /** Writes that took effect, oldest first. */
  audit(filter?: AuditFilter): AuditRow[];
  /** Adds a fault rule, as `POST /__sim/faults` does. */
  addFault(rule: Json): FaultRule;
  clearFaults(): void;
  /** Back to the seed data; audit trail, tokens and faults are forgotten. */
  reset(): void;
}

export interface SimulatorContext {
  readonly store: RecordStore;
  /** Rules in force; shared with event delivery. */
  readonly faults: FaultRule[];
  readonly keys: AssertionKeys;
  /** To be mounted where requests shall start to fail: behind what counts them, before what answers them. */
  readonly injectFaults: RequestHandler;
}

/** A simulator's part in the running server. */
export interface MountedSimulator {
  /** Called after the store went back to its seed. */
  reset?(): void;
  stop?(): void;
}

export interface SimulatorDefinition {
  readonly name: SimulatorName;
  readonly title: string;
  readonly defaultPort: number;
  credentials(keys: AssertionKeys): Record<string, string>;
  readonly answers: VendorAnswers;
  /** Kinds of records that a reset leaves alone, such as subscriptions. */
  readonly keptOnReset?: readonly string[];
  readonly pages: readonly { readonly title: string; readonly path: string }[];
  /** Fills an empty store with the demo firm. */
  seed(store: RecordStore): void;
  mount(app: Express, context: SimulatorContext): MountedSimulator;
}

/** Who asked for a write: goes into its audit row. */
export function originOf(request: Request, body?: Json, externalKey: string | null = null): WriteOrigin {
  return {
    method: request.method,
    path: request.originalUrl,
    correlationId: request.get('x-correlation-id') ?? null,
    externalKey,
    ...(body === undefined ? {} : { body }),
  };
}

/** Address under which the client reached us: links and tokens must point there. */
export function ownUrl(request: Request): string {
  return `${request.protocol}://${request.get('host') ?? 'localhost'}`;
}

export function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}
