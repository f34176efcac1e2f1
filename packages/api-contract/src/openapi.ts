import { z } from 'zod';
import { problemSchema } from './common.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

type JsonRecord = Record<string, unknown>;

/** Named parts of schemas, under `components`. */
type Parts = JsonRecord;

/**
 * Recursive parts come as `$defs` beside their schema. A reference counts from the root of the document, so they move to
 * `components` under the name of who uses them.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', owner: string, parts: Parts): JsonRecord {
  const { $schema: _dialect, $defs, ...own } = z.toJSONSchema(schema, { unrepresentable: 'any', io }) as JsonRecord;
  if ($defs === undefined) return own;
  const nameOf = (part: string): string => `${owner}${part.replace(/\W|_/g, '')}`;
  const moved = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\/(.+)$/, (_whole, part: string) => `#/components/schemas/${nameOf(part)}`)
        : inner,
    );
  for (const [part, definition] of Object.entries($defs as JsonRecord)) parts[nameOf(part)] = moved(definition);
  return moved(own) as JsonRecord;
}

function parametersOf(id: string, route: Route, parts: Parts): JsonRecord[] {
  const group = (schema: z.ZodType | undefined, place: 'path' | 'query'): JsonRecord[] => {
    if (!schema) return [];
    const json = schemaOf(schema, 'input', `${id}-${place}-`, parts) as {
      properties?: Record<string, JsonRecord>;
      required?: string[];
    };
    return Object.entries(json.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || (json.required ?? []).includes(name),
      schema: property,
    }));
  };
  return [...group(route.params, 'path'), ...group(route.query, 'query')];
}

const binary = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

const bodyOf = (id: string, route: Route, parts: Parts): JsonRecord => {
  if (!route.body) return {};
  const content = route.upload
    ? binary
    : { 'application/json': { schema: schemaOf(route.body, 'input', `${id}-body-`, parts) } };
  return { requestBody: { required: true, content } };
};

function operationOf(id: string, route: Route, parts: Parts): JsonRecord {
  const status = String(route.status ?? 200);
  const problem = {
    description: 'Problem',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    operationId: id,
    tags: [route.tag],
    summary: route.summary,
    description: `Access: ${route.access}`,
    parameters: parametersOf(id, route, parts),
    ...bodyOf(id, route, parts),
    responses: {
      [status]:
        status === '204'
          ? { description: 'Done' }
          : {
              description: 'Success',
              content: route.download
                ? binary
                : { 'application/json': { schema: schemaOf(route.reply, 'output', `${id}-reply-`, parts) } },
            },
      default: problem,
    },
    security: route.access === 'public' ? [] : [{ session: [] }, { apiKey: [] }],
  };
}

/** The OpenAPI 3.1 document of the whole API, made from the routes themselves. */
export function openApiDocument(version: string): JsonRecord {
  const paths: Record<string, JsonRecord> = {};
  const parts: Parts = {};
  for (const [id, route] of Object.entries(routes) as [string, Route][]) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(id, route, parts) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waybill', version },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas: { ...parts, Problem: schemaOf(problemSchema, 'output', 'Problem-', parts) },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'waybill_session' },
        apiKey: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
