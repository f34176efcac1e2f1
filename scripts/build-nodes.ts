// Builds every package under nodes/ into nodes/dist: one script each, the guest scripts and manifests.json.
// These packages are ours and share a frozen context each, see docs/decisions/0003-context-reuse.md.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundles } from '@waybill/sandbox/build';

const nodesDir = join(import.meta.dirname, '..', 'nodes');
const sources = readdirSync(nodesDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'dist')
  .map(({ name }) => ({ bundle: name, shared: true, entryFile: join(nodesDir, name, 'src', 'index.ts') }))
  .filter(({ entryFile }) => existsSync(entryFile));

const packages = await buildBundles(sources, join(nodesDir, 'dist'));
for (const { name, manifests } of packages) console.log(`${name}: ${manifests.length} nodes`);
