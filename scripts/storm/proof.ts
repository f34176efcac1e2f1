/** From what the systems hold and what became of the runs: is each promise kept? Pure. */

/** A write that took effect, as a simulated system recorded it. */
export interface Write {
  object: string;
  externalKey: string | null;
}

/** A deal that was won, and the first run that took it up. */
export interface Fate {
  dealId: string;
  name: string;
  run: { id: string; status: string; currentStep: string | null } | null;
  /** Who is asked about the run: people and groups of its open tasks. */
  askedAs: 'task' | 'exception' | null;
  asked: string[];
}

export interface Promised {
  words: string;
  expected: number;
  found: number;
  /** Each a sentence; none where the promise is kept. */
  broken: string[];
}

export interface World {
  fates: readonly Fate[];
  /** Creations in the ERP and in the PSA. */
  erp: readonly Write[];
  psa: readonly Write[];
  /** Tasks that each project must have. */
  tasksPerProject: number;
}

const countByKey = (rows: readonly Write[], object: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (row.object !== object) continue;
    const key = row.externalKey ?? '';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

/** One record per completed deal, never two, and at most one for a deal that is still on its way. */
function oncePerDeal(words: string, world: World, counts: ReadonlyMap<string, number>, key: (id: string) => string) {
  const done = world.fates.filter(({ run }) => run?.status === 'succeeded');
  const broken = world.fates.flatMap(({ dealId, name, run }) => {
    const found = counts.get(key(dealId)) ?? 0;
    if (found > 1) return [`${name} has ${found}`];
    return run?.status === 'succeeded' && found === 0 ? [`${name} has none`] : [];
  });
  const found = done.filter(({ dealId }) => counts.get(key(dealId)) === 1).length;
  return { words, expected: done.length, found, broken };
}

function neverTwice(words: string, counts: ReadonlyMap<string, number>): Promised {
  const broken = [...counts].flatMap(([key, count]) => (count > 1 ? [`${key} was created ${count} times`] : []));
  return { words, expected: counts.size, found: counts.size - broken.length, broken };
}

export function proofOf(world: World): Promised[] {
  const { fates, erp, psa } = world;
  const done = fates.filter(({ run }) => run?.status === 'succeeded');
  const stories = psa.filter(({ object }) => object === 'stories').length;
  const references = countByKey(psa, 'external_references');
  const months = new Map([...references].filter(([key]) => key.includes('-month-')));
  const lost = fates.filter(({ run }) => run === null);
  const alone = fates.filter(({ run, asked }) => run && run.status !== 'succeeded' && asked.length === 0);
  return [
    {
      words: 'Every deal that was won has a run',
      expected: fates.length,
      found: fates.length - lost.length,
      broken: lost.map(({ name }) => `${name} has no run`),
    },
    {
      words: 'Every run is completed, or somebody is asked',
      expected: fates.length,
      found: fates.length - alone.length - lost.length,
      broken: alone.map(({ name, run }) => `${name} is ${run?.status} at ${run?.currentStep}, and nobody is asked`),
    },
    neverTwice('Each customer in the ERP exists once', countByKey(erp, 'customer')),
    oncePerDeal('Each project in the ERP exists once', world, countByKey(erp, 'job'), (id) => `deal-${id}`),
    oncePerDeal(
      'Each billing schedule exists once',
      world,
      countByKey(erp, 'billingSchedule'),
      (id) => `billing-${id}`,
    ),
    oncePerDeal('Each project in the PSA exists once', world, references, (id) => id),
    neverTwice('Each monthly task in the PSA exists once', months),
    {
      words: 'Each completed project has all of its tasks',
      expected: done.length * world.tasksPerProject,
      found: stories,
      broken: stories < done.length * world.tasksPerProject ? ['Tasks are missing in the PSA'] : [],
    },
  ];
}
