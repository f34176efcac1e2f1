import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeManifest } from '@waybill/flow-model';
import { nodeManifestSchema } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';

/** A built package: the script that holds it and what it declares. */
export interface CatalogPackage {
  name: string;
  /** File in the bundles folder without `.js`. */
  bundle: string;
  manifests: NodeManifest[];
  credentials: CredentialDefinition[];
  /**
   * Its context is frozen and serves every run, as that of the core package does. Set by the build for
   * packages of this repository; nothing a package says about itself gets here.
   */
  shared: boolean;
}

export interface Catalog {
  packages: CatalogPackage[];
  manifests: NodeManifest[];
  credentials: CredentialDefinition[];
}

/** Puts packages together. @throws Error if two packages claim the same node type. */
export function catalogOf(packages: CatalogPackage[]): Catalog {
  const owners = new Map<string, string>();
  for (const { name, manifests } of packages)
    for (const { type } of manifests) {
      const owner = owners.get(type);
      if (owner !== undefined) throw new Error(`node type ${type} is in two packages: ${owner} and ${name}`);
      owners.set(type, name);
    }
  return {
    packages,
    manifests: packages.flatMap((one) => one.manifests),
    credentials: packages.flatMap((one) => one.credentials),
  };
}

/**
 * Reads what the build found in the packages; no node code is run.
 * @throws Error if the folder has no catalog or it is damaged.
 */
export function loadCatalog(bundlesDir: string): Catalog {
  const file = join(bundlesDir, 'manifests.json');
  const packages = JSON.parse(readFileSync(file, 'utf8')) as CatalogPackage[];
  return catalogOf(
    packages.map((one) => ({ ...one, manifests: one.manifests.map((manifest) => nodeManifestSchema.parse(manifest)) })),
  );
}
