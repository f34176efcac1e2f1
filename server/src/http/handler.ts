import type { BodyOf, ParamsOf, QueryOf, ReplyOf, RouteId, Routes } from '@waybill/api-contract';
import type { Actor } from '../auth/actor.ts';

/** One validated request of a route. */
export interface Call<I extends RouteId> {
  params: ParamsOf<Routes[I]>;
  query: QueryOf<Routes[I]>;
  body: BodyOf<Routes[I]>;
  /** Present unless the route is public; `access` was checked. */
  actor: Actor;
  ip: string;
  requestId: string;
  /** Address as the caller sees this server, without a trailing slash. */
  baseUrl: string;
  session: {
    /** Sets the session cookie. */ open(token: string): void;
    /** Takes it away. */ close(): void;
  };
}
export type Handler<I extends RouteId> = (call: Call<I>) => Promise<ReplyOf<Routes[I]>>;
/** A function for every endpoint of the contract: leaving one out does not compile. */
export type Handlers = { [I in RouteId]: Handler<I> };
/** Handlers of some endpoints. */
export type Some<Ids extends RouteId> = Pick<Handlers, Ids>;
