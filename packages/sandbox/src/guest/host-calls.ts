import { guestError } from './failure.ts';

/** What a node may ask of the host; the parent process answers, after checking the node's manifest. */
export type HostCallKind =
  | 'http'
  | 'crosswalk-find'
  | 'crosswalk-find-many'
  | 'crosswalk-link'
  | 'crosswalk-unlink'
  | 'table-lookup'
  | 'table-lookup-many'
  | 'code';

/** Sends one request out of the isolate. Fire and forget: answers come back through `deliver`. */
export type PostHostCall = (execution: number, call: number, kind: HostCallKind, payload: string) => void;

/** `head` is JSON; `body` is text that need not be parsed twice, such as that of an HTTP reply. */
export interface HostAnswer {
  ok: boolean;
  head: string;
  body: string;
}

/** The open host calls of one execution. */
export interface HostCalls {
  call(kind: HostCallKind, payload: string): Promise<HostAnswer>;
  deliver(call: number, answer: HostAnswer): void;
  /** It asked the host for something. */
  hasAsked(): boolean;
}

/** Answers enter through `deliver` in a trip of their own, so that what follows them runs under the time limit too. */
export function createHostCalls(execution: number, post: PostHostCall, maxOpen: number): HostCalls {
  const open = new Map<number, (answer: HostAnswer) => void>();
  let last = 0;
  return {
    call(kind, payload) {
      if (open.size >= maxOpen)
        throw guestError(
          'TOO_MANY_HOST_CALLS',
          `The node has ${maxOpen} calls under way and asked for another.`,
          'Await some calls before starting more.',
          'engine',
        );
      last += 1;
      const call = last;
      return new Promise((settle) => {
        open.set(call, settle);
        post(execution, call, kind, payload);
      });
    },
    deliver(call, answer) {
      const settle = open.get(call);
      open.delete(call);
      settle?.(answer);
    },
    hasAsked: () => last > 0,
  };
}

/** For a step that was handed along: what asks the host for something gets a trip of its own. */
export function withoutHost(): HostCalls {
  let asked = false;
  return {
    call() {
      asked = true;
      throw new Error('The step is repeated by itself.');
    },
    deliver() {},
    hasAsked: () => asked,
  };
}
