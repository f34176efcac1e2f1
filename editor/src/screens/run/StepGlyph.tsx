import type { StepStatus } from '@waybill/api-contract';
import type { LucideIcon } from 'lucide-react';
import {
  Ban,
  Check,
  Circle,
  CircleDashed,
  CircleHelp,
  Hourglass,
  LoaderCircle,
  RotateCw,
  TriangleAlert,
  Undo2,
  X,
} from 'lucide-react';
import { statusLooks } from '../../ui/Badge.tsx';

const glyphs: Record<StepStatus, LucideIcon> = {
  pending: CircleDashed,
  running: LoaderCircle,
  retrying: RotateCw,
  waiting: Hourglass,
  'in-doubt': CircleHelp,
  succeeded: Check,
  failed: X,
  skipped: Circle,
  cancelled: Ban,
  undoing: Undo2,
  undone: Undo2,
  'undo-failed': TriangleAlert,
};

/** A status as a shape, so that colour is never the only sign. */
export function StepGlyph({ status, still }: { status: StepStatus; still?: boolean }) {
  const Glyph = glyphs[status];
  const look = statusLooks[status];
  return (
    <span className={`glyph glyph--${look.tone ?? 'skipped'}${still ? '' : ` glyph--${status}`}`} title={look.label}>
      <Glyph size={13} aria-label={look.label} />
    </span>
  );
}
