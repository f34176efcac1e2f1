/** Runs one simulator definition: opens its store, seeds it, and serves it over http and https. */
import { mkdirSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { answerFaults } from './answer-faults.ts';
import type { AssertionKeys } from './assertion-keys.ts';
import type { ServerCertificate } from './certificates.ts';
import { mountControlRoutes } from './control-routes.ts';
import { type FaultRule, parseFaultRule } from './faults.ts';
import { RecordStore } from './record-store.ts';
import { rawBody } from './request-body.ts';
import type { RunningSimulator, SimulatorDefinition, SimulatorInfo } from './simulator.ts';

export interface HostOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificate: ServerCertificate;
  readonly keys: AssertionKeys;
  readonly clock: () => number;
}

export interface HostedSimulator extends RunningSimulator {
  stop(): Promise<void>;
}

export async function hostSimulator(definition: SimulatorDefinition, options: HostOptions): Promise<HostedSimulator> {
  mkdirSync(options.dataDir, { recursive: true });
  const store = new RecordStore(join(options.dataDir, `${definition.name}.db`), options.clock);
  seedOnce(definition, store);

  const faults: FaultRule[] = [];
  const app = express().disable('x-powered-by').set('query parser', 'simple');
  const http = createHttpServer(app);
  const https = createHttpsServer({ key: options.certificate.key, cert: options.certificate.cert }, app);
  const servers = [http, https];

  // Listening comes before the routes because the routes state the ports; no request arrives in between two ticks.
  try {
    await listen(http, options.host, options.httpPort, definition.title);
    await listen(https, options.host, options.httpsPort, definition.title);
  } catch (error) {
    await Promise.all(servers.map(close));
    store.close();
    throw error;
  }

  const info = describe(definition, options, portOf(http), portOf(https));
  const simulator: RunningSimulator = {
    info,
    audit: (filter) => store.audit(filter),
    addFault(body) {
      const rule = parseFaultRule(`fault-${store.nextNumber('fault')}`, body);
      if (typeof rule === 'string') throw new Error(`Fault refused: ${rule}`);
      faults.push(rule);
      return rule;
    },
    clearFaults: () => void faults.splice(0),
    reset() {
      store.clear(definition.keptOnReset);
      faults.splice(0);
      seedOnce(definition, store);
      mounted.reset?.();
    },
  };

  app.use(rawBody);
  const injectFaults = answerFaults(faults, definition.answers);
  const context = { store, faults, keys: options.keys, injectFaults };
  mountControlRoutes(app, context, simulator);
  const mounted = definition.mount(app, context);
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const answer = definition.answers.serverError(request);
    console.error(`${definition.title} simulator failed at ${request.method} ${request.originalUrl}`, error);
    if (!response.headersSent) response.status(answer.status).type('json').send(answer.body);
  });

  return {
    ...simulator,
    async stop() {
      mounted.stop?.();
      await Promise.all(servers.map(close));
      store.close();
    },
  };
}

function seedOnce(definition: SimulatorDefinition, store: RecordStore) {
  if (store.setting('seeded') === true) return;
  store.transaction(() => {
    definition.seed(store);
    store.setSetting('seeded', true);
  });
}

function describe(definition: SimulatorDefinition, options: HostOptions, port: number, tlsPort: number): SimulatorInfo {
  const baseUrl = `http://${options.host}:${port}`;
  return {
    name: definition.name,
    title: definition.title,
    baseUrl,
    httpsUrl: `https://${options.host}:${tlsPort}`,
    caFile: options.certificate.caFile,
    credentials: definition.credentials(options.keys),
    pages: definition.pages.map((page) => ({ title: page.title, url: baseUrl + page.path })),
  };
}

function listen(server: Server, host: string, port: number, title: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${error.code ?? error.message})`;
      reject(new Error(`Port ${port} on ${host} for the ${title} simulator ${reason}.`, { cause: error }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
