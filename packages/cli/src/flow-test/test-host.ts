import type { HostCapabilities, Sandbox } from '@waybill/sandbox';
import { createSandbox } from '@waybill/sandbox';
import { nodesDist } from '../paths.ts';

export interface TestHost {
  readonly nodeHost: Sandbox;
  /** The outside world of the case that runs next; cases run one after the other. */
  enter(world: HostCapabilities): void;
  stop(): Promise<void>;
}

/** One set of isolates for all cases: starting it costs more than most cases. */
export async function startTestHost(): Promise<TestHost> {
  let world: HostCapabilities | null = null;
  const current = (): HostCapabilities => {
    if (world) return world;
    throw new Error('A node called out although no case runs.');
  };
  const nodeHost = await createSandbox({
    runners: 1,
    bundlesDir: nodesDist,
    capabilities: {
      http: (request, context) => current().http(request, context),
      crosswalkFind: (query, context) => current().crosswalkFind(query, context),
      crosswalkFindMany: (query, context) => current().crosswalkFindMany(query, context),
      crosswalkLink: (link, context) => current().crosswalkLink(link, context),
      crosswalkUnlink: (link, context) => current().crosswalkUnlink(link, context),
      tableLookup: (query, context) => current().tableLookup(query, context),
      tableLookupMany: (query, context) => current().tableLookupMany(query, context),
    },
  });
  return {
    nodeHost,
    enter: (next) => {
      world = next;
    },
    stop: () => nodeHost.stop(),
  };
}
