import { FlowError } from '@waybill/flow-model';
import type { Outbound, OutboundReply } from '../capabilities/outbound.ts';
import type { Message } from './message.ts';
import { slackBody, teamsBody } from './message.ts';
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

function outcomeOf(reply: OutboundReply, { name }: ChatTarget): SendOutcome {
  const { status } = reply;
  if (status >= 200 && status < 300) return { ok: true };
  const what = `The channel “${name}” answered ${status}${reply.body ? `: ${reply.body.slice(0, 100)}` : ''}.`;
  if (status === 429 || status >= 500)
    return { ok: false, what, fix: 'It is tried again.', because: 'later', retryAfterMs: retryAfterMs(reply) };
  return { ok: false, what, fix: 'Make a new webhook and put its address into the settings.', because: 'message' };
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
