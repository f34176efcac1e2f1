import { useQuery } from '@tanstack/react-query';
import type { FlowDetail } from '@waybill/api-contract';
import type { NodeCatalog } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { useMemo, useState } from 'react';
import { api } from '../api/client.ts';
import { useApiQuery } from '../api/queries.ts';
import { useMay } from '../api/session.ts';
import { usePath } from '../app/router.tsx';
import type { ScreenProps } from '../app/screens.ts';
import { FlowEditor } from '../flow-editor/FlowEditor.tsx';
import { createEditorStore } from '../flow-editor/state/editor-store.ts';
import { ErrorState, SkeletonRows } from '../ui/States.tsx';

/** Loads a flow and the node catalog, then hands over to the editor. */
export default function FlowEditorScreen({ params }: ScreenProps) {
  const flowId = params['id'] ?? '';
  const catalog = useApiQuery('catalog', {}, { staleTime: 60_000 });
  // Fetched anew on each visit: an editor never starts from a document it happened to have.
  const detail = useQuery({
    queryKey: ['editFlow', flowId],
    queryFn: () => api('getFlow', { params: { flowId: flowId as never } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const manifests = useMemo<NodeCatalog | null>(
    () =>
      catalog.data
        ? new Map(catalog.data.manifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]))
        : null,
    [catalog.data],
  );
  const error = detail.error ?? (manifests ? null : catalog.error);
  if (error)
    return <ErrorState error={error} onRetry={() => void Promise.all([detail.refetch(), catalog.refetch()])} />;
  if (!detail.data || !manifests) return <SkeletonRows rows={8} />;
  return <Opened key={flowId} detail={detail.data} catalog={manifests} />;
}

function Opened({ detail, catalog }: { detail: FlowDetail; catalog: NodeCatalog }) {
  const mayEdit = useMay()('flows.edit');
  const showVersions = usePath().endsWith('/versions');
  const [store] = useState(() => {
    const created = createEditorStore({ detail, catalog, readOnly: !mayEdit });
    if (showVersions) created.getState().show({ overlay: 'versions' });
    return created;
  });
  return <FlowEditor store={store} />;
}
