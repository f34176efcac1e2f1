import type { AuthScheme, CredentialDefinition } from '@waybill/node-sdk';

/** `{field}` replaced by the field's value; a field that is not set becomes nothing. */
export const fillTemplate = (template: string, fields: Record<string, string>): string =>
  template.replace(/\{([A-Za-z][A-Za-z0-9_]*)\}/g, (_, name: string) => fields[name] ?? '');

/** The scheme with every template filled. */
export function fillAuth(auth: AuthScheme, fields: Record<string, string>): AuthScheme {
  const filled = Object.entries(auth).map(([name, value]) => [
    name,
    typeof value === 'string' && name !== 'scheme' ? fillTemplate(value, fields) : value,
  ]);
  return Object.fromEntries(filled) as AuthScheme;
}

/** What was entered, over the defaults of the form. */
export function withDefaults(
  definition: CredentialDefinition,
  entered: Record<string, string>,
): Record<string, string> {
  const defaults = Object.entries(definition.fields).flatMap(([name, field]) =>
    'default' in field && field.default !== undefined ? [[name, field.default] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...entered };
}

export const secretFields = (definition: CredentialDefinition): string[] =>
  Object.entries(definition.fields).flatMap(([name, field]) => (field.kind === 'secret' ? [name] : []));
