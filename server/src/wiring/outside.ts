import { createSandbox } from '@waybill/sandbox';
import { hostCapabilities } from '../capabilities/host-capabilities.ts';
import { httpCapability } from '../capabilities/http-capability.ts';
import { tokenSource } from '../capabilities/oauth2-tokens.ts';
import { createOutbound } from '../capabilities/outbound.ts';
import { policyChanges } from '../connections/policy-changes.ts';
import { connectionResolver } from '../connections/resolve-connection.ts';
import { connectionTester } from '../connections/test-connection.ts';
import { connectionGovernor } from '../governor/connection-governor.ts';
import { gaugeFeed } from '../governor/gauge-feed.ts';
import { pacedOutbound } from '../governor/paced-outbound.ts';
import { createMetrics } from '../metrics.ts';
import type { Ground } from './ground.ts';

/** All that reaches outside systems, and what holds it back: connections, their budgets, requests, node code. */
export type Outside = Awaited<ReturnType<typeof wireOutside>>;

export async function wireOutside({
  config,
  store,
  sealer,
  credentialTypes: types,
  catalogFiles,
  hub,
  engine,
  ...ground
}: Ground) {
  const { clock, now, onFault } = ground;
  const { environment, bundlesDir, caFile } = config;
  const connections = connectionResolver({ store, types, sealer, environment, now });
  const metrics = createMetrics({
    stats: () => engine().stats(),
    runnerCrashes: () => sandbox.stats().crashes,
    connections: () => governor.gauges().map((gauge) => ({ ...gauge, name: governor.nameOf(gauge.connectionId) })),
  });
  const governor = connectionGovernor({
    store,
    types,
    environment,
    clock,
    parkedRuns: (connectionId) => engine().parkedRuns(connectionId),
    onChanged: (connectionId) => gauges.changed(connectionId),
    onFault,
  });
  const gauges = gaugeFeed({
    clock,
    gauge: governor.gauge,
    isWatched: () => hub.broadcast?.areConnectionsWatched() ?? false,
    send: (changed) => hub.broadcast?.connectionGauges(changed),
  });
  const outbound = createOutbound({ caFile });
  const paced = pacedOutbound({ outbound, governor, now });
  const http = httpCapability({ connections, outbound, paced, tokens: tokenSource(paced, now), metrics, now });
  const sandbox = await createSandbox({
    runners: config.runners,
    bundlesDir,
    catalog: catalogFiles,
    capabilities: hostCapabilities({ http, store, now }),
  });
  return {
    connections,
    metrics,
    governor,
    gauges,
    outbound,
    sandbox,
    changePolicy: policyChanges({ store, governor }),
    testConnection: connectionTester({ types, sealer, http }),
  };
}
