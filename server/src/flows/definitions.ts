import type { Definitions, FlowVersion } from '@waybill/engine/ports';
import type { NodeCatalog } from '@waybill/flow-model';
import { flowVersionIdSchema, manifestKey } from '@waybill/flow-model';
import type { FlowVersionRecord, Repositories } from '@waybill/store';
import { publishedVersionId } from '@waybill/store';

const cacheLimit = 500;

/** The engine's view of stored versions. Versions never change, so what was read once stays. */
export function storedDefinitions(
  store: Pick<Repositories, 'flows' | 'flowVersions'>,
  catalog: NodeCatalog,
): Definitions {
  const cache = new Map<string, FlowVersion>();
  const versionOf = (record: FlowVersionRecord): FlowVersion => ({
    versionId: flowVersionIdSchema.parse(record.id),
    versionNumber: record.number,
    flow: record.flow,
  });
  async function read(id: string): Promise<FlowVersion | null> {
    const known = cache.get(id);
    if (known) return known;
    const record = await store.flowVersions.get(id);
    if (!record) return null;
    const version = versionOf(record);
    cache.set(id, version);
    if (cache.size > cacheLimit) cache.delete(cache.keys().next().value as string);
    return version;
  }
  return {
    version: read,
    async published(flowId, versionNumber) {
      if (versionNumber !== undefined) return read(publishedVersionId(flowId, versionNumber));
      const header = await store.flows.header(flowId);
      return header?.state === 'published' && header.publishedVersion !== null
        ? read(publishedVersionId(flowId, header.publishedVersion))
        : null;
    },
    manifest: (type, version) => catalog.get(manifestKey(type, version)),
  };
}
