import { useQueryClient } from '@tanstack/react-query';
import type { ConnectionGauge, ReplyOf, Routes } from '@waybill/api-contract';
import { useEffect, useMemo } from 'react';
import { useLiveEvent } from './live.ts';
import { keyOf, useApiQuery } from './queries.ts';
import { useMay } from './session.ts';
import { liveSocket } from './socket.ts';

type Gauges = ReplyOf<Routes['connectionGauges']>;

/** Gauges of all connections by their id, live while the component is shown. Empty without the right to see them. */
export function useConnectionGauges(): ReadonlyMap<string, ConnectionGauge> {
  const mayRead = useMay()('connections.read');
  const client = useQueryClient();
  const gauges = useApiQuery('connectionGauges', {}, { enabled: mayRead });

  useLiveEvent('connection-gauges', ({ gauges: changed }) => {
    const ids = new Set(changed.map((one) => one.connectionId));
    client.setQueryData<Gauges>(keyOf('connectionGauges', {}), (before) => ({
      items: [...(before?.items ?? []).filter((one) => !ids.has(one.connectionId)), ...changed],
    }));
  });

  useEffect(() => {
    if (!mayRead) return undefined;
    const socket = liveSocket();
    // What changed while nobody watched is missing, so the whole list is fetched once more.
    const watch = () =>
      socket.emit('watch-connections', () => void client.invalidateQueries({ queryKey: keyOf('connectionGauges') }));
    socket.on('connect', watch);
    if (socket.connected) watch();
    return () => {
      socket.off('connect', watch);
      if (socket.connected) socket.emit('unwatch-connections');
    };
  }, [mayRead, client]);

  const items = gauges.data?.items;
  return useMemo(() => new Map((items ?? []).map((one) => [one.connectionId, one])), [items]);
}
