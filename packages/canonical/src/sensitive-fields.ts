import type { EntityName } from './entities.ts';

/**
 * Fields of entities that only people with the right to see masked data see. They are known by name in all data of all
 * flows, so a name is only here if it means the same everywhere; what a rate card calls `cost` is for its flow to name.
 */
export const sensitiveFields: Readonly<Partial<Record<EntityName, readonly string[]>>> = {
  timeEntry: ['costRate'],
};

export const sensitiveFieldNames: readonly string[] = [...new Set(Object.values(sensitiveFields).flat())];
