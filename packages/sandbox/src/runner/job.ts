import type ivm from 'isolated-vm';
import { CORE_BUNDLE } from '../core-bundle.ts';
import type { Followed, FromRunner, ToRunner } from '../protocol.ts';
import type { Domain } from './domain.ts';
import type { Execution } from './execution.ts';
import type { GuestContext } from './guest-context.ts';
import type { Place } from './places.ts';
import { RECORDS_BUNDLE, RECORDS_CODE_BUNDLE } from './places.ts';

/** Room for what surrounds a result, such as its log. */
export const ENVELOPE_CHARS = 200_000;

/** A step under way: what the parent calls it, where it runs and what ends it. */
export interface Job {
  readonly id: number;
  readonly execution: Execution;
  readonly message: Extract<ToRunner, { t: 'step' | 'evaluate' | 'records' }>;
  domain: Domain | null;
  place: Place | null;
  guest: GuestContext | null;
  /** How often it went to another isolate since somebody kept the thread of its own. */
  moves: number;
  /** It asked the parent for something, so it may have had an effect. */
  hasCalledOut: boolean;
  /** The parent knows that its clock runs. */
  isReported: boolean;
  /** What it came to, while steps that were handed along still run. */
  result: string | null;
  readonly followed: Followed[];
  /** When its last step ended, ms of `performance.now`. */
  endedAt: number;
  /** User code that a step of the code node started. */
  code: {
    execution: Execution;
    domain: Domain;
    context: ivm.Context | null;
    /** Enters it anew, in whichever isolate is free. */
    enter(): Promise<void>;
  } | null;
}

/** Jobs under way, by what each side calls them. */
export interface OpenJobs {
  /** As the parent does. */
  readonly byId: Map<number, Job>;
  /** As isolates do. */
  readonly byKey: Map<number, Job>;
  readonly byExecution: WeakMap<Execution, Job>;
}

export const openJobs = (): OpenJobs => ({ byId: new Map(), byKey: new Map(), byExecution: new WeakMap() });

/** Bundle and context of a piece of work; no run where one context serves all. */
export function homeOf(message: Job['message']): { bundle: string; runId: string | null } {
  switch (message.t) {
    case 'step':
      return { bundle: message.bundle, runId: message.shared ? null : message.runId };
    case 'evaluate':
      return { bundle: CORE_BUNDLE, runId: null };
    case 'records': {
      const isOwn = message.code.length > 0;
      return { bundle: isOwn ? RECORDS_CODE_BUNDLE : RECORDS_BUNDLE, runId: isOwn ? message.runId : null };
    }
  }
}

export const newJob = (message: Job['message'], execution: Execution): Job => ({
  id: message.id,
  execution,
  message,
  domain: null,
  place: null,
  guest: null,
  moves: 0,
  hasCalledOut: false,
  isReported: false,
  result: null,
  followed: [],
  endedAt: 0,
  code: null,
});

/** The end of a job that came to something, with what was handed along and ran by then. */
export const doneOf = ({ id, followed }: Pick<Job, 'id' | 'followed'>, json: string): FromRunner =>
  followed.length === 0 ? { t: 'done', id, json } : { t: 'done', id, json, followed };
