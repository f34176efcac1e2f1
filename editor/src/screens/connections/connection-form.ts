import type { Connection, CredentialType } from '@waybill/api-contract';

export type FieldValues = Readonly<Record<string, string>>;

/** Where the controls start: kept values, else defaults; secrets are never filled in. Pure. */
export const startFields = (type: CredentialType, connection: Connection | null): FieldValues =>
  Object.fromEntries(
    Object.entries(type.fields).map(([name, field]) => [
      name,
      field.kind === 'secret' ? '' : (connection?.fields[name] ?? (connection ? '' : (field.default ?? ''))),
    ]),
  );

const isUrl = (text: string): boolean => {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
};

/** Faults by field; a secret that is set already may stay empty. Pure. */
export function fieldFaults(
  type: CredentialType,
  connection: Pick<Connection, 'secretsSet'> | null,
  values: FieldValues,
): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const [name, field] of Object.entries(type.fields)) {
    const value = (values[name] ?? '').trim();
    const kept = field.kind === 'secret' && (connection?.secretsSet.includes(name) ?? false);
    if (value === '') {
      if (!field.optional && !kept) faults[name] = 'Fill this in.';
    } else if (field.kind === 'url' && !isUrl(value)) {
      faults[name] = 'Enter a whole address, such as https://example.com.';
    }
  }
  return faults;
}

/** The fields to send: secrets left empty stay out, so that the server keeps them. Pure. */
export function fieldsToSend(type: CredentialType, values: FieldValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([name, field]) => {
      const value = values[name] ?? '';
      if (field.kind === 'secret') return value === '' ? [] : [[name, value]];
      return [[name, value.trim()]];
    }),
  );
}

/** Where a connection is needed, in words; null if it may be deleted. Pure. */
export function boundWords(connection: Pick<Connection, 'roles' | 'usedByFlows'>): string | null {
  const parts = [
    ...(connection.roles.length > 0
      ? [`the ${connection.roles.length === 1 ? 'role' : 'roles'} ${connection.roles.join(', ')}`]
      : []),
    ...(connection.usedByFlows.length > 0 ? connection.usedByFlows.map((flow) => `“${flow.name}”`) : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}
