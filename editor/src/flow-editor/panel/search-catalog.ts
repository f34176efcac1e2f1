import type { NodeManifest } from '@waybill/flow-model';

export interface PanelGroup {
  app: string;
  manifests: NodeManifest[];
}

const fields = (manifest: NodeManifest): [text: string, weight: number][] => [
  [manifest.title, 6],
  [manifest.synonyms.join(' '), 4],
  [manifest.app, 3],
  [manifest.type, 2],
  [manifest.description, 1],
];

function score(manifest: NodeManifest, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    let best = 0;
    for (const [text, weight] of fields(manifest)) {
      const lower = text.toLowerCase();
      if (lower.startsWith(word)) best = Math.max(best, weight * 3);
      else if (lower.includes(` ${word}`)) best = Math.max(best, weight * 2);
      else if (lower.includes(word)) best = Math.max(best, weight);
    }
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

/** Node kinds whose name, synonyms, app or description hold every typed word, best first; all of them for nothing typed. Pure. */
export function searchCatalog(manifests: readonly NodeManifest[], typed: string): NodeManifest[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...manifests];
  return manifests
    .map((manifest) => ({ manifest, value: score(manifest, words) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || a.manifest.title.localeCompare(b.manifest.title))
    .map(({ manifest }) => manifest);
}

const firstApps = ['Triggers', 'Flow control', 'Data', 'Records', 'People'];

/** By app, in the order of the best match; without a search the built-in ones first. Pure. */
export function groupByApp(manifests: readonly NodeManifest[], searching: boolean): PanelGroup[] {
  const groups = [...Map.groupBy(manifests, (manifest) => manifest.app)].map(([app, members]) => ({
    app,
    manifests: members,
  }));
  if (searching) return groups;
  const rank = (app: string) => (firstApps.includes(app) ? firstApps.indexOf(app) : firstApps.length);
  return groups.sort((a, b) => rank(a.app) - rank(b.app) || a.app.localeCompare(b.app));
}
