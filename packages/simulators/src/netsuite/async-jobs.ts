/**
 * `Prefer: respond-async`: single writes and collections of up to 100 records, with idempotency keys.
 * The work is done before the 202 leaves, so that a job's state is durable; clients see a finished job at first poll.
 */
import type { Express, Request, Response } from 'express';
import { asObject, isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import { ownUrl, type SimulatorContext } from '../kernel/simulator.ts';
import { recordPath, sendJson, type Written } from './answers.ts';
import { NetsuiteError, problemAnswer, userError } from './errors.ts';
import { link } from './record-view.ts';

const jobPath = '/services/rest/async/v1/job';
const maxRecords = 100;

type Perform = (body: Json | undefined) => Written;

export function answerAsync(
  { store }: SimulatorContext,
  request: Request,
  response: Response,
  body: Json | undefined,
  perform: Perform,
) {
  const idempotencyKey = request.get('x-netsuite-idempotency-key');
  if (idempotencyKey !== undefined) {
    const first = store.find('$job', 'idempotencyKey', idempotencyKey)[0];
    if (first) throw repeated(`${ownUrl(request)}${jobPath}/${first.id}`);
  }
  const isCollection = /type=collection/.test(request.get('content-type') ?? '');
  const records = isCollection ? collectionOf(body) : [body];
  const id = store.transaction(() => {
    const jobId = String(store.nextNumber('job', 1));
    const results = records.map((record) => attempt(record, perform));
    store.insert('$job', jobId, { idempotencyKey: idempotencyKey ?? null, isCollection, results }, null);
    return jobId;
  });
  response
    .status(202)
    .set('location', `${ownUrl(request)}${jobPath}/${id}`)
    .set('preference-applied', 'respond-async')
    .end();
}

export function mountJobRoutes(app: Express, { store }: SimulatorContext) {
  const jobAt = (id: string) => {
    const job = store.get('$job', id);
    if (!job) throw new NetsuiteError({ status: 404, code: 'NONEXISTENT_ID', detail: `The job ${id} does not exist.` });
    return job;
  };

  app.get(`${jobPath}/:id`, (request, response) => {
    const job = jobAt(request.params.id);
    const self = `${ownUrl(request)}${jobPath}/${job.id}`;
    sendJson(response, {
      links: [link('self', self)],
      id: job.id,
      completed: true,
      progress: 'succeeded',
      task: { links: [link('self', `${self}/task`)] },
    });
  });

  app.get(`${jobPath}/:id/task`, (request, response) => {
    const self = `${ownUrl(request)}${jobPath}/${jobAt(request.params.id).id}/task`;
    sendJson(response, {
      links: [link('self', self)],
      count: 1,
      hasMore: false,
      items: [{ links: [link('self', `${self}/1`)], id: '1' }],
      offset: 0,
      totalResults: 1,
    });
  });

  app.get(`${jobPath}/:id/task/:task`, (request, response) => {
    const job = jobAt(request.params.id);
    const self = `${ownUrl(request)}${jobPath}/${job.id}/task/1`;
    const progress = results(job.data).every((result) => Number(result['status']) < 400) ? 'succeeded' : 'failed';
    sendJson(response, {
      links: [link('self', self), link('result', `${self}/result`)],
      id: '1',
      completed: true,
      progress,
    });
  });

  app.get(`${jobPath}/:id/task/:task/result`, (request, response) => {
    const job = jobAt(request.params.id);
    const all = results(job.data).map((result) => {
      const written = asObject(result['written']);
      const location =
        written['id'] === undefined ? null : `${ownUrl(request)}${recordPath}/${written['type']}/${written['id']}`;
      return { status: Number(result['status']), location, problem: result['problem'] ?? null };
    });
    const only = all[0];
    if (job.data['isCollection'] !== true && only) {
      if (only.location) response.set('location', only.location);
      return only.problem ? void response.status(only.status).json(only.problem) : void response.status(204).end();
    }
    const items = all.map(({ status, location, problem }) => ({
      statusCode: status,
      ...(location ? { location } : {}),
      ...(problem ? { body: problem } : {}),
    }));
    sendJson(response, { count: items.length, hasMore: false, items, offset: 0, totalResults: items.length });
  });
}

function attempt(record: Json | undefined, perform: Perform): JsonObject {
  try {
    const written = perform(record);
    return { status: 204, written: { type: written.type, id: written.id } };
  } catch (error) {
    if (!(error instanceof NetsuiteError)) throw error;
    return { status: error.problem.status, problem: JSON.parse(problemAnswer(error.problem).body) as Json };
  }
}

function collectionOf(body: Json | undefined): Json[] {
  const items = asObject(body)['items'];
  if (!Array.isArray(items) || !items.every(isJsonObject))
    throw userError('A collection needs an "items" array of records.');
  if (items.length > maxRecords) throw userError(`A collection holds at most ${maxRecords} records.`);
  return items;
}

function repeated(location: string) {
  return new NetsuiteError({
    status: 400,
    code: 'IDEMPOTENCY_ERROR',
    detail: 'A request with this idempotency key was already submitted.',
    headers: { location },
  });
}

function results(data: JsonObject): JsonObject[] {
  return Array.isArray(data['results']) ? data['results'].filter(isJsonObject) : [];
}
