import { FlowError } from '@waybill/flow-model';
import type { Outbound, OutboundReply } from '../capabilities/outbound.ts';
import { slackBody, teamsBody } from './chat-body.ts';
import type { Message } from './message.ts';
import type { SendOutcome } from './send-outcome.ts';

export interface ChatTarget {
  name: string;
  shape: 'slack' | 'teams';
  /** It is the secret: it never appears in an error. */
  url: string;
  allowPrivateAddresses: boolean;
}
export type PostChat = (target: ChatTarget, message: Message) => Promise<SendOutcome>;

const timeoutMs = 15_000;

function retryAfterMs({ headers }: OutboundReply): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

/** What Slack answers to a post that will never pass. @source docs.slack.dev, incoming webhooks: handling errors. */
const slackRefusals: Record<string, string> = {
  channel_is_archived: 'Take the channel out of the archive, or make a webhook for another one.',
  channel_not_found: 'The channel was deleted: make a webhook for another one and put its address into the settings.',
  posting_to_general_channel_denied: 'Make a webhook for another channel than the general one.',
  action_prohibited: 'An administrator of the Slack workspace forbids it: ask them.',
};
const newWebhook = 'Make a new webhook and put its address into the settings.';

/** The older webhooks of Teams say 200 and put what went wrong, with its number, into the text. */
function statusOf({ status, body }: OutboundReply, { shape }: ChatTarget): number {
  const inner = shape === 'teams' && /delivery failed[\s\S]*?\b([45]\d\d)\b/i.exec(body);
  return inner ? Number(inner[1]) : status;
}

function outcomeOf(reply: OutboundReply, target: ChatTarget): SendOutcome {
  const status = statusOf(reply, target);
  if (status >= 200 && status < 300) return { ok: true };
  const said = reply.body.trim();
  const what = `The channel “${target.name}” answered ${status}${said ? `: ${said.slice(0, 100)}` : ''}.`;
  if (status === 429 || status >= 500)
    return { ok: false, what, fix: 'It is tried again.', because: 'later', retryAfterMs: retryAfterMs(reply) };
  const fix = (target.shape === 'slack' && slackRefusals[said]) || newWebhook;
  return { ok: false, what, fix, because: 'message' };
}

/** Posts to the webhook of a channel, under the same address policy and limits as every call to the outside. */
export function chatPost(outbound: Pick<Outbound, 'send'>): PostChat {
  return async (target, message) => {
    try {
      const reply = await outbound.send({
        method: 'POST',
        url: new URL(target.url),
        headers: { 'content-type': 'application/json' },
        body: target.shape === 'slack' ? slackBody(message) : teamsBody(message),
        timeoutMs,
        allowPrivateAddresses: target.allowPrivateAddresses,
      });
      return outcomeOf(reply, target);
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      const { what, fix, engine } = error.details;
      return { ok: false, what, fix, because: engine === 'retry' ? 'later' : 'message' };
    }
  };
}
