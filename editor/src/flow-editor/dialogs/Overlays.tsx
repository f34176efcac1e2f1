import { useEditor } from '../state/editor-store.ts';
import { FlowSettingsDialog } from './FlowSettingsDialog.tsx';
import { FlowTextDialog } from './FlowTextDialog.tsx';
import { PublishDialog } from './PublishDialog.tsx';
import { RunDialog } from './RunDialog.tsx';
import { VersionsDrawer } from './VersionsDrawer.tsx';

export function Overlays() {
  const overlay = useEditor((state) => state.overlay);
  switch (overlay) {
    case 'run':
      return <RunDialog />;
    case 'publish':
      return <PublishDialog />;
    case 'versions':
      return <VersionsDrawer />;
    case 'settings':
      return <FlowSettingsDialog />;
    case 'text':
      return <FlowTextDialog />;
    case null:
      return null;
    default:
      return overlay satisfies never;
  }
}
