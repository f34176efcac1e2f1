import { expect, expectTypeOf, it } from 'vitest';
import { createApiClient } from './client.ts';
import { openApiDocument } from './openapi.ts';
import { permissionsOf } from './roles.ts';
import { routes } from './routes.ts';

it('gives every route a distinct method and path and an access rule', () => {
  const seen = Object.values(routes).map((route) => `${route.method} ${route.path}`);
  expect(new Set(seen).size).toBe(seen.length);
});

it('describes every route in OpenAPI with its path parameters', () => {
  const document = openApiDocument('1.2.3') as {
    paths: Record<string, Record<string, { parameters: { name: string }[] }>>;
  };
  expect(document.paths['/flows/{flowId}']?.['get']?.parameters[0]?.name).toBe('flowId');
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
  expect(operations.length).toBe(Object.keys(routes).length);
  expect(() => JSON.stringify(document)).not.toThrow();
});

it('refers in OpenAPI only to what the document holds', () => {
  const document = openApiDocument('1.2.3');
  const references: string[] = [];
  JSON.stringify(document, (key, value: unknown) => {
    if (key === '$ref') references.push(String(value));
    return value;
  });
  expect(references.length).toBeGreaterThan(Object.keys(routes).length);
  const target = (reference: string) =>
    reference
      .slice(2)
      .split('/')
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
  expect([...new Set(references)].filter((reference) => target(reference) === undefined)).toEqual([]);
});

it('turns a problem reply into an error that says what to do', async () => {
  const api = createApiClient({
    baseUrl: 'http://waybill.test',
    headers: () => ({}),
    fetch: async (url) => {
      expect(url).toBe('http://waybill.test/api/v1/flows/a%2Fb');
      return Response.json(
        {
          type: 'about:blank',
          title: 'Not found',
          status: 404,
          code: 'FLOW_UNKNOWN',
          detail: 'No such flow.',
          fix: 'Choose another.',
        },
        { status: 404 },
      );
    },
  });
  const call = api('getFlow', { params: { flowId: 'a/b' as never } });
  expectTypeOf<Awaited<typeof call>>().toHaveProperty('problems');
  await expect(call).rejects.toMatchObject({ problem: { code: 'FLOW_UNKNOWN' } });
});

it('keeps publishing and repairing apart for roles that should not have both', () => {
  expect(permissionsOf(['viewer']).has('flows.edit')).toBe(false);
  expect(permissionsOf(['finance']).has('flows.publish')).toBe(false);
  expect(permissionsOf(['operator']).has('runs.act')).toBe(true);
});
