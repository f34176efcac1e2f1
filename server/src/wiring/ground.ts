import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '@waybill/engine';
import { systemClock } from '@waybill/engine';
import type { Clock } from '@waybill/engine/ports';
import { manifestKey } from '@waybill/flow-model';
import { loadCatalog } from '@waybill/sandbox';
import { auditLog } from '../audit/audit-log.ts';
import type { ServerConfig } from '../config.ts';
import { loadMasterKeys } from '../connections/master-key.ts';
import { createSealer } from '../connections/sealing.ts';
import { storedDefinitions } from '../flows/definitions.ts';
import { flowDirectory } from '../flows/flow-directory.ts';
import { liveHub } from '../live/live-hub.ts';
import type { Log } from '../logger.ts';
import { runMasks } from '../runs/run-masks.ts';
import { stepSourceReader } from '../runs/step-sources.ts';
import type { Storage } from '../storage.ts';
import { later } from './later.ts';

/** What all parts stand on: settings, time, storage, the nodes there are, what reads flows, and who watches. */
export type Ground = ReturnType<typeof layGround>;

export function layGround(storage: Storage, config: ServerConfig, log: Log, clock: Clock = systemClock()) {
  const now = () => clock.now();
  const onFault = (error: unknown) => log.error({ err: error }, 'background work failed');

  const { journal, blobs, store } = storage;

  const catalogFiles = loadCatalog(config.bundlesDir);
  const catalog = new Map(catalogFiles.manifests.map((one) => [manifestKey(one.type, one.version), one]));
  const credentialTypes = new Map(catalogFiles.credentials.map((one) => [one.type, one]));

  const definitions = storedDefinitions(store, catalog);
  const directory = flowDirectory(store);
  const engineLater = later<Engine>('engine');
  const deliver: Engine['deliver'] = (...message) => engineLater.get().deliver(...message);
  return {
    config,
    version: packageVersion(),
    log,
    clock,
    now,
    onFault,
    journal,
    blobs,
    store,
    audit: auditLog(store, now),
    sealer: createSealer(loadMasterKeys(config.dataDir, config.masterKey)),
    catalogFiles,
    catalog,
    credentialTypes,
    definitions,
    directory,
    masks: runMasks({ definitions, journal, catalog }),
    stepSources: stepSourceReader(journal, blobs),
    hub: liveHub({ journal: () => journal, definitions: () => definitions, catalog, directory, onFault }),
    /** The last part to be constructed, since it is handed most others. */
    engine: engineLater.get,
    setEngine: engineLater.set,
    deliver,
  };
}

function packageVersion(): string {
  const file = join(import.meta.dirname, '../../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
