import type { FlowVersionId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { compileFlow } from './compile-flow.ts';
import type { Definitions, FlowVersion } from './ports/index.ts';

const CACHED_VERSIONS = 500;

/** A version that runs are pinned to, ready to be driven. */
export interface Pinned {
  version: FlowVersion;
  compiled: CompiledFlow;
}

/** Flow versions by id, compiled once; a version never changes, so nothing here grows stale. */
export class PinnedVersions {
  readonly #definitions: Definitions;
  readonly #known = new Map<FlowVersionId, Pinned>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** @throws {FlowError} FLOW_VERSION_UNKNOWN. */
  async get(versionId: FlowVersionId): Promise<Pinned> {
    const known = this.#known.get(versionId);
    if (known) return known;
    const version = await this.#definitions.version(versionId);
    if (!version) {
      throw flowError('FLOW_VERSION_UNKNOWN', {
        what: `There is no flow version ${versionId}.`,
        fix: 'Publish the flow, or restore the version from a backup.',
        owner: 'user',
        engine: 'pause',
      });
    }
    const compiled = compileFlow(version.flow, (type, number) => this.#definitions.manifest(type, number));
    const pinned = { version, compiled };
    if (this.#known.size >= CACHED_VERSIONS) this.#known.delete(this.#known.keys().next().value as FlowVersionId);
    this.#known.set(versionId, pinned);
    return pinned;
  }
}
