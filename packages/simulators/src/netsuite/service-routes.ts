/** SuiteQL, the metadata catalog and the account's limits. */
import type { Express } from 'express';
import { asObject, type JsonObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import { ownUrl, queryOf, type SimulatorContext } from '../kernel/simulator.ts';
import { pageOf, recordPath, sendJson } from './answers.ts';
import { NetsuiteError, userError } from './errors.ts';
import { type RecordType, recordType, recordTypes } from './record-types.ts';
import { link } from './record-view.ts';
import { parseSuiteQl } from './suiteql-parser.ts';
import { runSuiteQl } from './suiteql-runner.ts';
import { tableOf } from './suiteql-tables.ts';

const maxRows = 100_000;

export function mountServiceRoutes(
  app: Express,
  { store }: SimulatorContext,
  limits: { inFlight(): number; limit(): number },
) {
  app.post('/services/rest/query/v1/suiteql', (request, response) => {
    if (!/\btransient\b/.test(request.get('prefer') ?? '')) {
      throw new NetsuiteError({
        status: 400,
        code: 'INVALID_HEADER',
        detail: "Required request header 'Prefer: transient' is missing.",
      });
    }
    const query = asObject(readBody(request))['q'];
    if (typeof query !== 'string')
      throw new NetsuiteError({ status: 400, code: 'INVALID_CONTENT', detail: 'The body must be {"q": "SELECT …"}.' });
    const { items, page } = pageOf(request, selected(query).slice(0, maxRows));
    sendJson(response, { ...page, items: items.map((item) => ({ links: [], ...item })) });
  });

  function selected(query: string): Record<string, string>[] {
    try {
      const parsed = parseSuiteQl(query);
      const table = tableOf(store, parsed.table);
      if (!table) throw new SyntaxError(`record '${parsed.table}' was not found`);
      return runSuiteQl(parsed, table.rows, table.columns);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw userError(
        `Invalid search query. Detailed unprocessed description follows. Search error occurred: ${error.message}.`,
        'q',
      );
    }
  }

  app.get(`${recordPath}/metadata-catalog{/:type}`, (request, response) => {
    const selectedNames = request.params.type ?? queryOf(request).get('select');
    const types = selectedNames ? selectedNames.split(',').map(knownType) : recordTypes();
    if (/swagger\+json|openapi/.test(request.get('accept') ?? ''))
      return void response.json(openApi(types, ownUrl(request)));
    if (/schema\+json/.test(request.get('accept') ?? '') && types[0]) return void response.json(schemaOf(types[0]));
    const base = `${ownUrl(request)}${recordPath}/metadata-catalog`;
    sendJson(response, {
      items: types.map((type) => ({ name: type.name, links: [link('canonical', `${base}/${type.name}`)] })),
    });
  });

  app.get('/services/rest/system/v1/governanceLimits', (_request, response) => {
    const limit = limits.limit();
    sendJson(response, {
      accountConcurrencyLimit: limit,
      accountUnallocatedConcurrencyLimit: Math.max(0, limit - limits.inFlight()),
    });
  });
}

function knownType(name: string): RecordType {
  const type = recordType(name.trim());
  if (!type)
    throw new NetsuiteError({ status: 404, code: 'NONEXISTENT_ID', detail: `Record type '${name}' does not exist.` });
  return type;
}

function openApi(types: readonly RecordType[], server: string): JsonObject {
  const paths: JsonObject = {};
  const schemas: JsonObject = {};
  for (const type of types) {
    const body = {
      content: { 'application/vnd.oracle.resource+json': { schema: { $ref: `#/components/schemas/${type.name}` } } },
    };
    const answers = (status: string, description: string): JsonObject => ({ responses: { [status]: { description } } });
    paths[`/${type.name}`] = {
      get: answers('200', 'List of records.'),
      post: { requestBody: body, ...answers('204', 'Created.') },
    };
    paths[`/${type.name}/{id}`] = {
      get: answers('200', 'One record.'),
      patch: { requestBody: body, ...answers('204', 'Updated.') },
      delete: answers('204', 'Deleted.'),
    };
    paths[`/${type.name}/eid:{externalId}`] = { put: { requestBody: body, ...answers('204', 'Created or updated.') } };
    schemas[type.name] = schemaOf(type);
  }
  return {
    openapi: '3.0.1',
    info: { title: 'Record service of the simulated account', version: 'v1' },
    servers: [{ url: server + recordPath }],
    paths,
    components: { schemas },
  };
}

function schemaOf(type: RecordType): JsonObject {
  const properties: JsonObject = { id: { type: 'string' }, externalId: { type: 'string' } };
  for (const [name, kind] of Object.entries(type.fields)) {
    if (typeof kind === 'object') {
      properties[name] =
        'ref' in kind
          ? {
              type: 'object',
              properties: { id: { type: 'string' }, refName: { type: 'string' } },
              'x-references': [...kind.ref],
            }
          : { type: 'object', properties: { items: { type: 'array', items: { type: 'object' } } } };
    } else {
      const isTime = kind === 'date' || kind === 'dateTime';
      properties[name] = isTime
        ? { type: 'string', format: kind === 'date' ? 'date' : 'date-time' }
        : { type: kind === 'text' ? 'string' : kind };
    }
  }
  return { type: 'object', properties, 'x-required': type.required.map((names) => names.join(' or ')) };
}
