import type { z } from 'zod';
import { contractLineV1, contractV1, rateCardV1 } from './contract-entities.ts';
import { assignmentV1, expenseV1, milestoneV1, projectV1, taskV1, timeEntryV1 } from './delivery-entities.ts';
import {
  billingEventV1,
  forecastLineV1,
  invoiceV1,
  journalEntryV1,
  paymentV1,
  revenueScheduleV1,
} from './finance-entities.ts';
import { contactV1, costCentreV1, customerV1, employeeV1, legalEntityV1 } from './party-entities.ts';

/**
 * Every entity by name and version. A released version never changes; a breaking change adds the next one, and both stay
 * readable while flows use them.
 */
const entities = {
  customer: { 1: customerV1 },
  contact: { 1: contactV1 },
  employee: { 1: employeeV1 },
  project: { 1: projectV1 },
  task: { 1: taskV1 },
  assignment: { 1: assignmentV1 },
  contract: { 1: contractV1 },
  contractLine: { 1: contractLineV1 },
  rateCard: { 1: rateCardV1 },
  timeEntry: { 1: timeEntryV1 },
  expense: { 1: expenseV1 },
  milestone: { 1: milestoneV1 },
  billingEvent: { 1: billingEventV1 },
  invoice: { 1: invoiceV1 },
  payment: { 1: paymentV1 },
  revenueSchedule: { 1: revenueScheduleV1 },
  journalEntry: { 1: journalEntryV1 },
  costCentre: { 1: costCentreV1 },
  legalEntity: { 1: legalEntityV1 },
  forecastLine: { 1: forecastLineV1 },
} as const;

type Entities = typeof entities;
export type EntityName = keyof Entities;
export type EntityVersion<N extends EntityName> = keyof Entities[N];
/** The shape of an entity, e.g. `Entity<'invoice', 1>`. */
export type Entity<N extends EntityName, V extends EntityVersion<N>> =
  Entities[N][V] extends z.ZodType<infer T> ? T : never;

export const entityNames = Object.keys(entities) as EntityName[];

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(entities, name);

/** The schema of one version of an entity. */
export const entitySchema = <N extends EntityName, V extends EntityVersion<N>>(name: N, version: V): Entities[N][V] =>
  entities[name][version];

/** Versions of an entity, oldest first. */
export const entityVersions = (name: EntityName): number[] =>
  Object.keys(entities[name])
    .map(Number)
    .toSorted((a, b) => a - b);

/** For names and versions from outside: the schema, or null if there is none. */
export function findEntitySchema(name: string, version: number): z.ZodType | null {
  if (!isEntityName(name)) return null;
  const versions: Readonly<Record<number, z.ZodType>> = entities[name];
  return versions[version] ?? null;
}
