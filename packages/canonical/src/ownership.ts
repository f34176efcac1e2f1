/** Which role is the system of record of an entity, or of one of its fields. */

export interface OwnershipRule {
  readonly entity: string;
  /** Dotted; covers what lies below it. Absent: every field without a rule of its own. */
  readonly field?: string;
  /** The only role that may write it, e.g. `erp`. */
  readonly ownerRole: string;
  /** What happens to a write by another role; default `refuse`. */
  readonly onViolation?: 'refuse' | 'raise';
}

export interface OwnershipViolation {
  readonly entity: string;
  readonly field: string;
  readonly ownerRole: string;
  readonly onViolation: 'refuse' | 'raise';
}

export type WriteCheck = { allowed: true } | { allowed: false; violations: OwnershipViolation[] };

/** Whether `role` may write these fields of an entity. A field without any rule belongs to nobody and may be written. */
export function checkWrite(
  rules: readonly OwnershipRule[],
  entity: string,
  fields: readonly string[],
  role: string,
): WriteCheck {
  const violations = fields.flatMap((field): OwnershipViolation[] => {
    const rule = ruleFor(rules, entity, field);
    if (!rule || rule.ownerRole === role) return [];
    return [{ entity, field, ownerRole: rule.ownerRole, onViolation: rule.onViolation ?? 'refuse' }];
  });
  return violations.length === 0 ? { allowed: true } : { allowed: false, violations };
}

/** The most specific rule that covers a field; of equally specific ones the last. */
export function ruleFor(rules: readonly OwnershipRule[], entity: string, field: string): OwnershipRule | null {
  let best: OwnershipRule | null = null;
  for (const rule of rules) {
    if (rule.entity !== entity || !covers(rule.field, field)) continue;
    if (!best || (rule.field?.length ?? -1) >= (best.field?.length ?? -1)) best = rule;
  }
  return best;
}

const covers = (ruled: string | undefined, field: string): boolean =>
  ruled === undefined || field === ruled || field.startsWith(`${ruled}.`);

/** Dotted paths of all leaves of a record; lists count as one leaf. What `checkWrite` is asked about. */
export function fieldsOf(record: Readonly<Record<string, unknown>>, at = ''): string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    const path = at === '' ? key : `${at}.${key}`;
    const isNested =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return isNested ? fieldsOf(value as Record<string, unknown>, path) : value === undefined ? [] : [path];
  });
}
