import type { NodeManifest } from '@waybill/flow-model';
import type { LucideIcon } from 'lucide-react';
import {
  ArrowLeftRight,
  BellRing,
  Box,
  Braces,
  CalendarClock,
  CircleHelp,
  CircleStop,
  ClipboardPen,
  Cloud,
  Code,
  Database,
  FileText,
  GitBranch,
  Globe,
  Group,
  Hash,
  Hourglass,
  Link,
  ListPlus,
  Mail,
  Megaphone,
  Merge,
  MessageSquare,
  OctagonX,
  Radio,
  Receipt,
  Repeat,
  Reply,
  Shuffle,
  Signpost,
  Split,
  Stamp,
  Table,
  TableProperties,
  TriangleAlert,
  Users,
  Webhook,
  Workflow,
  Wrench,
} from 'lucide-react';
import type { CSSProperties } from 'react';
import { lazy, Suspense } from 'react';
import './node-icon.css';

/** Icons our own nodes use come with the page; any other lucide name loads the whole set once. */
const atHand: Record<string, LucideIcon> = {
  'arrow-left-right': ArrowLeftRight,
  'bell-ring': BellRing,
  box: Box,
  braces: Braces,
  'calendar-clock': CalendarClock,
  'circle-stop': CircleStop,
  'clipboard-pen': ClipboardPen,
  cloud: Cloud,
  code: Code,
  database: Database,
  'file-text': FileText,
  'git-branch': GitBranch,
  globe: Globe,
  group: Group,
  hourglass: Hourglass,
  link: Link,
  'list-plus': ListPlus,
  mail: Mail,
  megaphone: Megaphone,
  merge: Merge,
  'message-square': MessageSquare,
  'octagon-x': OctagonX,
  radio: Radio,
  receipt: Receipt,
  repeat: Repeat,
  reply: Reply,
  shuffle: Shuffle,
  signpost: Signpost,
  slack: Hash,
  split: Split,
  stamp: Stamp,
  table: Table,
  'table-properties': TableProperties,
  users: Users,
  webhook: Webhook,
  workflow: Workflow,
  'triangle-alert': TriangleAlert,
  wrench: Wrench,
};

/** Without a connection its chunk does not come: a plain sign is better than no screen. */
const AnyIcon = lazy(() => import('./AnyIcon.tsx').catch(() => ({ default: PlainIcon })));
const PlainIcon = ({ size }: { name: string; size: number }) => <Box size={size} />;

const tilesOfKind: Partial<Record<NodeManifest['kind'], string>> = {
  trigger: '#0a5c6b',
  control: '#3d4c58',
  transform: '#4a6787',
  approval: '#96641a',
};
const tilesOfApps = ['#2b68ad', '#74509e', '#2d7a5f', '#a94f3a', '#7d6a1e', '#9d456c', '#337a88', '#5561b0'];

/** One colour per app, the same in every flow. */
export function tileColor(manifest: Pick<NodeManifest, 'kind' | 'app'> | undefined): string {
  if (!manifest) return '#7b2a24';
  const ofKind = tilesOfKind[manifest.kind];
  if (ofKind) return ofKind;
  let hash = 7;
  for (const char of manifest.app) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return tilesOfApps[hash % tilesOfApps.length] as string;
}

export function NodeIcon({ manifest, size = 32 }: { manifest: NodeManifest | undefined; size?: number }) {
  const Icon = manifest ? atHand[manifest.icon] : CircleHelp;
  const style = { '--tile': tileColor(manifest), width: size, height: size } as CSSProperties;
  const inner = Math.round(size * 0.56);
  return (
    <span className="node-icon" style={style} aria-hidden>
      {Icon ? (
        <Icon size={inner} />
      ) : (
        <Suspense fallback={<Box size={inner} />}>
          <AnyIcon name={manifest?.icon ?? 'box'} size={inner} />
        </Suspense>
      )}
    </span>
  );
}
