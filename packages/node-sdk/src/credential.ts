import type { JsonValue } from '@waybill/flow-model';

/** A field of a connection form. Secrets are sealed and never leave the server. */
export type CredentialField =
  | { kind: 'text' | 'url'; label: string; help?: string; placeholder?: string; default?: string; optional?: boolean }
  | { kind: 'secret'; label: string; help?: string; optional?: boolean }
  | {
      kind: 'choice';
      label: string;
      options: { value: string; label: string }[];
      default?: string;
      help?: string;
      optional?: boolean;
    };

/** How the host signs a request. `{name}` stands for a field of the connection. */
export type AuthScheme =
  | { scheme: 'none' }
  | { scheme: 'basic'; username: string; password: string }
  | { scheme: 'bearer'; token: string }
  | { scheme: 'header'; name: string; value: string }
  | {
      scheme: 'oauth1';
      realm?: string;
      consumerKey: string;
      consumerSecret: string;
      token: string;
      tokenSecret: string;
      signatureMethod: 'HMAC-SHA256';
    }
  | {
      scheme: 'oauth2-client-credentials';
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope?: string;
      clientAuth: 'body' | 'basic';
      /** Field of the token answer that holds the base URL for calls (Salesforce `instance_url`). */
      baseUrlFrom?: string;
      /** How long a token without `expires_in` is used, ms. */
      lifetimeMs?: number;
    }
  /** The URL itself is the secret; requests go to it and to nothing else. */
  | { scheme: 'secret-url'; url: string }
  /** For inbound only: the secret verifies what the system sends us. */
  | { scheme: 'inbound-hmac'; secret: string };

/**
 * What the system bears, and how it says "fewer calls". Without an entry: 429 and 503 with or without `Retry-After`, and
 * the common rate limit headers, which the server knows by itself.
 */
export interface CredentialLimits {
  /** Steps that call it at once; absent: as many as come. */
  readonly concurrency?: number;
  /** Sliding windows; a call goes out only when every one of them has room. */
  readonly rates?: readonly { readonly count: number; readonly perMs: number }[];
  /**
   * Answers of this vendor that mean "fewer calls" in its own words: the status, a text of the body, how long to wait.
   * Without `waitMs` longer with each such answer in a row.
   */
  readonly throttles?: readonly { readonly status: number; readonly says: string; readonly waitMs?: number }[];
  /** A field of some JSON answer in which the system says how many calls at once it takes. */
  readonly concurrencyField?: string;
}

export interface CredentialDefinition {
  readonly type: string;
  readonly title: string;
  readonly icon: string;
  readonly help?: string;
  readonly fields: Record<string, CredentialField>;
  /** `{field}` templates allowed. */
  readonly baseUrl: string;
  readonly auth: AuthScheme;
  /**
   * Where people open a record in the browser, by kind of record; `*` for any other. `{field}` of the connection, `{kind}`
   * and `{id}` are filled in; a template with a field that is not set gives no link.
   */
  readonly recordUrls?: Readonly<Record<string, string>>;
  /** Sent by "Test connection"; a listed status means it works. `null`: nothing can be asked safely. */
  readonly test: {
    method: 'GET' | 'POST';
    path: string;
    json?: unknown;
    headers?: Record<string, string>;
    statuses: number[];
    /** For systems that refuse at status 200: a field of the JSON answer and what it must be. */
    field?: { name: string; is: JsonValue };
  } | null;
  /** Statuses that mean "the token is stale": the host fetches a new one and repeats once. */
  readonly staleTokenStatuses?: number[];
  /** Defaults of the budget that all flows share; a person may change them on the connection. */
  readonly limits?: CredentialLimits;
}

export const defineCredential = (definition: CredentialDefinition): CredentialDefinition => definition;

/** What a node holds instead of a secret: the name of its slot. */
export interface CredentialHandle {
  readonly slot: string;
}
