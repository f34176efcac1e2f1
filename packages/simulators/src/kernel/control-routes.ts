/** The simulator's own back door, `/__sim/…`: audit, state, faults, settings and reset. Not part of any vendor's API. */
import { type Express, Router } from 'express';
import { auditFilterOf } from './audit.ts';
import { asObject } from './json.ts';
import { readBody } from './request-body.ts';
import { queryOf, type RunningSimulator, type SimulatorContext } from './simulator.ts';

export function mountControlRoutes(app: Express, context: SimulatorContext, simulator: RunningSimulator) {
  const { store, faults } = context;
  const routes = Router();

  routes.get('/info', (_request, response) => void response.json(simulator.info));

  routes.get('/audit', (request, response) => {
    const rows = simulator.audit(auditFilterOf(queryOf(request)));
    response.json({ count: rows.length, rows });
  });

  routes.get('/state/:object', (request, response) => {
    const includeDeleted = queryOf(request).get('includeDeleted') === 'true';
    const records = store.list(request.params.object, { includeDeleted });
    response.json({ object: request.params.object, count: records.length, records });
  });

  routes.post('/reset', (_request, response) => {
    simulator.reset();
    response.json({ reset: true });
  });

  routes.get('/faults', (_request, response) => void response.json({ faults }));

  routes.post('/faults', (request, response) => {
    const body = readBody(request);
    try {
      response.status(201).json(simulator.addFault(body === undefined || body instanceof SyntaxError ? null : body));
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : String(error) });
    }
  });

  routes.delete('/faults', (_request, response) => {
    simulator.clearFaults();
    response.status(204).end();
  });

  routes.delete('/faults/:id', (request, response) => {
    const at = faults.findIndex((rule) => rule.id === request.params.id);
    if (at >= 0) faults.splice(at, 1);
    response.status(at >= 0 ? 204 : 404).end();
  });

  routes.get('/settings/:name', (request, response) => {
    response.json({ name: request.params.name, value: store.setting(request.params.name) ?? null });
  });

  routes.put('/settings/:name', (request, response) => {
    const body = readBody(request);
    store.setSetting(request.params.name, asObject(body)['value'] ?? null);
    response.status(204).end();
  });

  app.use('/__sim', routes);
}
