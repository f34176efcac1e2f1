export type { CallContext, HostCapabilities } from './capabilities.ts';
export type { Catalog, CatalogPackage } from './catalog.ts';
export { catalogOf, loadCatalog } from './catalog.ts';
export type { SandboxLimits } from './limits.ts';
export { defaultLimits } from './limits.ts';
export type { PoolStats } from './pool/runner-pool.ts';
export type { Sandbox, SandboxOptions } from './sandbox.ts';
export { createSandbox } from './sandbox.ts';
export type { PollAnswer, PollCall } from './sandbox-calls.ts';
