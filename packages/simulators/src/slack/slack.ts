/** The simulated Slack workspace: Web API and incoming webhooks. */
import type { Express, Request } from 'express';
import { asObject, type Json, type JsonObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import {
  type MountedSimulator,
  originOf,
  ownUrl,
  queryOf,
  type SimulatorContext,
  type SimulatorDefinition,
} from '../kernel/simulator.ts';
import { mountPages } from './pages.ts';
import { seedSlack, teamId } from './seed.ts';
import { methods, refused, storeMessage } from './web-api.ts';

const credentials: Record<string, string> = {
  botToken: 'xoxb-sim-slack-bot-token',
  signingSecret: 'sim-slack-signing-secret',
  teamId,
  webhookPath: `/services/${teamId}/B0SIM0005/sim-hook-integration-alerts`,
};

export const slack: SimulatorDefinition = {
  name: 'slack',
  title: 'Slack',
  defaultPort: 4714,
  credentials: () => credentials,
  pages: [{ title: 'Messages', path: '/' }],
  answers: {
    throttle: (request) => ({
      status: 429,
      headers: { 'retry-after': '1' },
      body: request.path.startsWith('/services/') ? 'rate_limited' : JSON.stringify(refused('ratelimited')),
    }),
    serverError: () => ({ status: 500, body: JSON.stringify(refused('internal_error')) }),
    tokenExpired: () => ({ status: 200, body: JSON.stringify(refused('token_revoked')) }),
  },
  seed: seedSlack,
  mount,
};

function mount(app: Express, context: SimulatorContext): MountedSimulator {
  const { store } = context;
  mountPages(app, context);
  app.use(context.injectFaults);

  app.all('/api/:method', (request, response) => {
    const fields = fieldsOf(request);
    const token = (request.get('authorization') ?? '').replace(/^Bearer\s+/i, '') || String(fields['token'] ?? '');
    if (token === '') return void response.json(refused('not_authed'));
    if (token !== credentials['botToken']) return void response.json(refused('invalid_auth'));
    const method = methods[request.params.method];
    if (!method) return void response.json(refused('unknown_method', { req_method: request.params.method }));
    response.json(method({ store, fields, origin: originOf(request, fields), url: ownUrl(request) }));
  });

  app.post('/services/:team/:bot/:secret', (request, response) => {
    const { team, bot, secret } = request.params;
    const webhook = store.get('webhook', `${team}/${bot}/${secret}`);
    const say = (status: number, text: string) => void response.status(status).type('text').send(text);
    if (!webhook) return say(404, 'no_service');
    const channel = store.get('channel', String(webhook.data['channel']));
    if (!channel) return say(404, 'channel_not_found');
    if (channel.data['is_archived'] === true) return say(410, 'channel_is_archived');
    const body = readBody(request);
    const payload = body instanceof SyntaxError ? {} : asObject(parsed(asObject(body)['payload']) ?? body);
    if (Object.keys(payload).length === 0) return say(400, 'invalid_payload');
    if (!payload['text'] && !payload['blocks'] && !payload['attachments']) return say(400, 'no_text');
    storeMessage(store, channel.id, payload, originOf(request, payload));
    say(200, 'ok');
  });

  app.use((_request, response) => void response.status(404).type('text').send('no_service'));
  return {};
}

/** Form fields, JSON body or query; values that Slack expects as JSON text are parsed. */
function fieldsOf(request: Request): JsonObject {
  const body = readBody(request);
  const fields: JsonObject = {
    ...Object.fromEntries(queryOf(request)),
    ...asObject(body instanceof SyntaxError ? {} : body),
  };
  for (const name of ['blocks', 'attachments', 'metadata']) {
    const value = parsed(fields[name]);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

function parsed(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined; // Left as text: the method refuses it by its own error code.
  }
}
