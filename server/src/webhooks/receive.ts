import type { Answered, Engine, StartRequest } from '@waybill/engine';
import type { JsonValue } from '@waybill/flow-model';
import { flowVersionIdSchema, hiddenIn, masked } from '@waybill/flow-model';
import type { ArmedTriggerRecord } from '@waybill/store';
import type { Request, RequestHandler, Response } from 'express';
import type { ConnectionResolver } from '../connections/resolve-connection.ts';
import type { BodyClock } from '../http/read-body.ts';
import { megabyte, readBody } from '../http/read-body.ts';
import type { Metrics } from '../metrics.ts';
import { HttpProblem } from '../problem.ts';
import type { RunMasks } from '../runs/run-masks.ts';
import type { TriggerDesk } from '../triggers/trigger-desk.ts';
import { textParam } from '../triggers/trigger-params.ts';
import { signatureFits } from './verify-signature.ts';
import { bodyKeys, dedupeKeyOf, inputHeaders, queryFields, webhookBody } from './webhook-input.ts';

const bodyLimitBytes = 16 * megabyte;
const answerTimeoutMs = 30_000;
const methods = new Set(['GET', 'POST', 'PUT']);
const defaultWindowMs = 300_000;

export interface WebhookOptions {
  triggers: Pick<TriggerDesk, 'webhook'>;
  engine: () => Pick<Engine, 'start' | 'startAndWait'>;
  connections: Pick<ConnectionResolver, 'byBinding'>;
  masks: RunMasks;
  metrics: Pick<Metrics, 'webhook'>;
  clock: BodyClock;
}

async function checkSignature(
  trigger: ArmedTriggerRecord,
  request: Request,
  bytes: Uint8Array,
  options: WebhookOptions,
): Promise<void> {
  const { params } = trigger;
  if (params['verify'] !== 'hmac-sha256') return;
  const binding = trigger.connections['inbound'];
  const connection = binding === undefined ? null : await options.connections.byBinding(binding);
  const auth = connection?.auth;
  const header = (name: string | null): string | null => (name === null ? null : (request.get(name) ?? null));
  const timestampHeader = textParam(params, 'timestampHeader');
  const windowMs = params['windowMs'];
  const fits =
    auth?.scheme === 'inbound-hmac' &&
    auth.secret !== '' &&
    signatureFits(
      {
        secret: auth.secret,
        given: header(textParam(params, 'signatureHeader')),
        prefix: textParam(params, 'signaturePrefix') ?? '',
        ...(timestampHeader
          ? {
              timestamp: {
                value: header(timestampHeader),
                windowMs: typeof windowMs === 'number' ? windowMs : defaultWindowMs,
              },
            }
          : {}),
      },
      bytes,
      options.clock.now(),
    );
  if (fits) return;
  throw new HttpProblem('SIGNATURE_INVALID', {
    detail: 'The call is not signed with the secret this webhook expects.',
    fix: 'Compare the signing secret and the signature header on both sides.',
  });
}

const plainTypes = /^(text\/|application\/xml)/;

function sendAnswer(response: Response, answered: Answered): void {
  response.setHeader('x-waybill-run', answered.runId);
  switch (answered.kind) {
    case 'response': {
      const { status, headers, body } = answered.response;
      for (const [name, value] of Object.entries(headers))
        if (isSafeHeader(name, value)) response.setHeader(name, value);
      response.status(status);
      const type = String(response.getHeader('content-type') ?? '');
      if (typeof body === 'string' && (type === '' || plainTypes.test(type))) {
        if (type === '') response.type('text/plain');
        response.end(body);
      } else response.json(body);
      return;
    }
    case 'finished':
      response
        .status(answered.status === 'failed' ? 500 : 200)
        .json({ runId: answered.runId, status: answered.status, output: answered.output });
      return;
    case 'timeout':
      throw new HttpProblem('RESPONSE_TIMEOUT', {
        detail: `The flow did not answer within ${answerTimeoutMs / 1_000} s; its run goes on.`,
        fix: 'Look at the run; call again only with the same event id.',
        extra: { runId: answered.runId },
      });
  }
}

const refusedHeaders = new Set([
  'set-cookie',
  'connection',
  'transfer-encoding',
  'content-length',
  'keep-alive',
  'upgrade',
]);
const isSafeHeader = (name: string, value: string): boolean =>
  /^[A-Za-z0-9-]+$/.test(name) && !refusedHeaders.has(name.toLowerCase()) && /^[\t\x20-\x7e]*$/.test(value);

/** `/hooks/<flowId>/<path>`: a durable run before the sender hears 202. */
export function webhookReceiver(options: WebhookOptions): RequestHandler {
  const { triggers, engine, masks, metrics, clock } = options;
  const keyOfBody = bodyKeys();

  /** What a flow answers on purpose is its own; what is merely left at its end must not tell what is hidden in it. */
  async function asShown(answered: Extract<Answered, { kind: 'finished' }>, input: JsonValue) {
    const names = await masks.ofRun(answered.runId);
    return { ...answered, output: masked(answered.output, names, hiddenIn(input, names)) };
  }

  async function receive(request: Request, response: Response): Promise<void> {
    const [flowId = '', path = '', ...rest] = request.path.split('/').filter(Boolean).map(decodeURIComponent);
    const trigger = rest.length === 0 ? triggers.webhook(flowId, path) : null;
    if (!trigger) {
      request.resume();
      throw new HttpProblem('WEBHOOK_UNKNOWN', {
        detail: 'No published flow listens at this address.',
        fix: 'Compare the address with the one the flow shows, and publish the flow.',
      });
    }
    if (!methods.has(request.method))
      throw new HttpProblem('METHOD_NOT_ALLOWED', {
        detail: `A webhook takes GET, POST and PUT, not ${request.method}.`,
        fix: 'Call it with POST.',
        headers: { allow: 'GET, POST, PUT' },
      });
    const bytes = await readBody(request, bodyLimitBytes, options.clock);
    await checkSignature(trigger, request, bytes, options);
    const body = webhookBody(request.headers, bytes);
    const { params } = trigger;
    const kind = params['eventIdFrom'];
    const dedupeKey = dedupeKeyOf(
      { kind: kind === 'header' || kind === 'body' ? kind : 'none', name: textParam(params, 'eventId') },
      { headers: request.headers, body, bytes },
      trigger.nodeId,
      clock.now(),
      keyOfBody,
    );
    const input: JsonValue = {
      method: request.method,
      headers: inputHeaders(request.headers),
      query: request.originalUrl.includes('?')
        ? queryFields(new URL(request.originalUrl, 'http://localhost').searchParams)
        : {},
      body,
    };
    const start: StartRequest = {
      versionId: flowVersionIdSchema.parse(trigger.versionId),
      triggerNode: trigger.nodeId,
      input,
      mode: 'live',
      startedBy: 'webhook',
      ...(dedupeKey === undefined ? {} : { dedupeKey }),
    };
    response.setHeader('cache-control', 'no-store');
    if (params['respond'] === 'whenResponds') {
      const answered = await engine().startAndWait(start, answerTimeoutMs);
      metrics.webhook(answered.duplicate ? 'duplicate' : 'accepted');
      sendAnswer(response, answered.kind === 'finished' ? await asShown(answered, input) : answered);
      return;
    }
    const { runId, duplicate } = await engine().start(start);
    metrics.webhook(duplicate ? 'duplicate' : 'accepted');
    response.status(duplicate ? 200 : 202).json({ runId, duplicate });
  }

  return async (request, response) => {
    try {
      await receive(request, response);
    } catch (error) {
      metrics.webhook('refused');
      throw error;
    }
  };
}
