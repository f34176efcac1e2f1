import { Background, BackgroundVariant } from '@xyflow/react';

/** What every canvas lies on. */
export const CanvasGround = () => (
  <Background variant={BackgroundVariant.Dots} gap={16} size={1.4} color="var(--canvas-dot)" bgColor="var(--canvas)" />
);
