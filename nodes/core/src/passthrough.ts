import type { JsonValue } from '@waybill/node-sdk';
import { anyPort } from '@waybill/node-sdk';

/** The input of a node that takes whatever comes. */
export const anyInput = { in: anyPort('Input') };

/** What arrived, or null where no edge led here (the root of a container's body without an item). */
export const arrived = (input: { readonly in?: JsonValue }): JsonValue => input.in ?? null;

/** Limits of a node that only computes. */
export const pureTraits = { effect: 'pure', timeoutMs: 5_000 } as const;
