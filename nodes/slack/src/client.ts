import type {
  CredentialHandle,
  ErrorExplanation,
  ErrorMeaning,
  HttpClient,
  JsonObject,
  JsonValue,
} from '@waybill/node-sdk';
import { forPerson, minutes, nodeError, repeatedLater, seconds } from '@waybill/node-sdk';
import * as z from 'zod';

export interface SlackContext {
  readonly http: HttpClient;
  readonly credentials: { readonly account: CredentialHandle };
  readonly correlationId: string;
}

export const connector = { kind: 'connector', app: 'Slack', icon: 'slack' } as const;
export const capabilities = { network: ['connection'] };
export const retry = { attempts: 5, firstDelayMs: seconds(2), maxDelayMs: minutes(2) };

const again = repeatedLater('SLACK_UNAVAILABLE');
/** With status 200 there is no Retry-After. */
const throttled: ErrorMeaning = { ...again, effect: 'none', retryAfterMs: seconds(30) };
const token = forPerson(
  'SLACK_TOKEN_REFUSED',
  'Install the Slack app again and renew the connection, then resume.',
  'pause',
);
const channel = forPerson('SLACK_CHANNEL', 'Check the channel and invite the bot to it, then retry the step.');
const message = forPerson('SLACK_MESSAGE_INVALID', 'Shorten or correct the message, then retry the step.');

/** @source docs.slack.dev, errors of chat.postMessage, chat.update and of the Web API in general. */
const meanings: Record<string, ErrorMeaning> = {
  ratelimited: throttled,
  rate_limited: throttled,
  internal_error: again,
  fatal_error: again,
  service_unavailable: again,
  request_timeout: again,
  invalid_auth: token,
  not_authed: token,
  account_inactive: token,
  token_revoked: token,
  token_expired: token,
  missing_scope: forPerson('SLACK_SCOPE_MISSING', 'Add the scope to the Slack app and install it again.', 'pause'),
  channel_not_found: channel,
  not_in_channel: channel,
  is_archived: channel,
  channel_is_archived: channel,
  no_service: forPerson(
    'SLACK_WEBHOOK_GONE',
    'Make a new incoming webhook and renew the connection, then resume.',
    'pause',
  ),
  no_text: message,
  msg_too_long: message,
  invalid_blocks: message,
  invalid_payload: message,
  message_not_found: forPerson('SLACK_MESSAGE_NOT_FOUND', 'Check channel and timestamp; the message may be deleted.'),
};

/** What one of Slack's error names means for the run. */
export function explainName(name: string, more = ''): ErrorExplanation {
  const meaning =
    meanings[name] ?? forPerson('SLACK_REFUSED', 'Look the name up in the Slack documentation and correct the step.');
  return { ...meaning, what: `Slack said ${name}.${more}` };
}

const refusal = z.object({
  ok: z.literal(false),
  error: z.string(),
  needed: z.string().optional(),
  provided: z.string().optional(),
});
const posted = z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() });
const answer = z.discriminatedUnion('ok', [posted, refusal]);

/** Slack answers 200 also when it refuses. */
async function ask(context: SlackContext, method: string, fields: Record<string, JsonValue | undefined>) {
  const { json } = await context.http.post(`/api/${method}`, {
    auth: context.credentials.account,
    headers: { 'x-correlation-id': context.correlationId },
    json: fields,
    replies: { 200: answer },
  });
  return json;
}

function refused({ error, needed, provided }: z.infer<typeof refusal>): Error {
  const scopes = needed ? ` It needs ${needed}; the token has ${provided ?? 'none'}.` : '';
  const { code, ...details } = explainName(error, scopes);
  return nodeError(code, details);
}

/** Calls a method that writes a message. */
export async function callMethod(
  context: SlackContext,
  method: 'chat.postMessage' | 'chat.update',
  fields: Record<string, JsonValue | undefined>,
): Promise<{ channel: string; ts: string }> {
  const said = await ask(context, method, fields);
  if (!said.ok) throw refused(said);
  return { channel: said.channel, ts: said.ts };
}

/** Deletes a message the bot posted; one that is gone already is fine. */
export async function deleteMessage(context: SlackContext, message: { channel: string; ts: string }): Promise<void> {
  const said = await ask(context, 'chat.delete', message);
  if (!said.ok && said.error !== 'message_not_found') throw refused(said);
}

/** By which a message can be traced to its run. */
export const metadata = (correlationId: string, effectKey: string): JsonObject => ({
  event_type: 'waybill_message',
  event_payload: { correlation_id: correlationId, effect_key: effectKey },
});
