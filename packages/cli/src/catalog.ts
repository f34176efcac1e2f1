import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeManifest } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { loadCatalog } from '@waybill/sandbox';
import { CliError, exitCodes } from './cli-error.ts';
import { nodesDist } from './paths.ts';

/** Manifests of the built node packages by `type@version`. */
export function installedCatalog(): Map<string, NodeManifest> {
  if (!existsSync(join(nodesDist, 'manifests.json'))) {
    throw new CliError('The node packages are not built.', 'Run `npm run setup` once.', exitCodes.usage);
  }
  return new Map(
    loadCatalog(nodesDist).manifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]),
  );
}
