import { createHash } from 'node:crypto';
import type { Outbound, OutboundReply, OutboundRequest } from '../capabilities/outbound.ts';
import type { Now } from '../clock.ts';
import type { ResolvedConnection } from '../connections/resolve-connection.ts';
import type { ConnectionGovernor } from './connection-governor.ts';
import { verdictOf, verdictOfFault } from './reply-verdict.ts';
import type { Departure } from './request-line.ts';

/** Sends a request when the budget of its connection allows it, and tells the budget what came of it. */
export interface PacedOutbound {
  /**
   * @param byPerson see `DepartureRequest`.
   * @throws {FlowError} PROVIDER_THROTTLED, CONNECTION_NOT_ANSWERING when it would have to wait too long: nothing was sent.
   */
  send(
    connection: Pick<ResolvedConnection, 'id' | 'definition'>,
    request: OutboundRequest,
    byPerson?: boolean,
  ): Promise<OutboundReply>;
}

/** A request is never held back longer, whatever its time limit: its step has one as well. */
const longestHoldMs = 5_000;

/** The same for a request that is repeated: signatures and tokens are in its headers. */
const identityOf = ({ method, url, body }: OutboundRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n`)
    .update(body ?? '')
    .digest('base64url');

export function pacedOutbound(options: {
  outbound: Pick<Outbound, 'send'>;
  governor: Pick<ConnectionGovernor, 'depart'>;
  now: Now;
}): PacedOutbound {
  const { outbound, governor, now } = options;
  return {
    async send({ id, definition }, request, byPerson = false) {
      const askedAt = now();
      const waitMs = Math.min(longestHoldMs, Math.floor(request.timeoutMs / 2));
      const answer = governor.depart(id, { waitMs, byPerson });
      const departure: Departure = answer instanceof Promise ? await answer : answer;
      const timeoutMs = Math.max(1, request.timeoutMs - (now() - askedAt));
      try {
        const reply = await outbound.send({ ...request, timeoutMs });
        departure.ended(verdictOf(reply, definition.limits, now(), () => identityOf(request)));
        return reply;
      } catch (error) {
        departure.ended(verdictOfFault(error));
        throw error;
      }
    },
  };
}
