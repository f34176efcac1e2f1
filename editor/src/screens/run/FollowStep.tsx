import type { NodeId } from '@waybill/flow-model';
import type { Viewport } from '@xyflow/react';
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { howToFollow } from './follow-view.ts';

const MOVE_MS = 200;

interface FollowStepProps {
  nodeId: NodeId | null;
  /** Somebody chose the step; otherwise it is the one the run has come to. */
  isAsked: boolean;
}

/** Brings the shown step into sight when it becomes another one. */
export function FollowStep({ nodeId, isAsked }: FollowStepProps) {
  const { flowToScreenPosition, getInternalNode, getViewport, setCenter } = useReactFlow();
  const isOpen = useStore((state) => state.panZoom !== null);
  const shown = useRef(nodeId);
  const left = useRef<Viewport | null>(null);
  useEffect(() => {
    if (isOpen) left.current = getViewport();
  }, [isOpen, getViewport]);
  useEffect(() => {
    // The canvas itself opens with its step in sight.
    if (shown.current === nodeId) return;
    shown.current = nodeId;
    const node = nodeId === null ? undefined : getInternalNode(nodeId);
    const canvas = document.querySelector('.run-graph')?.getBoundingClientRect();
    if (!node || !canvas) return;
    const { x, y } = node.internals.positionAbsolute;
    const { width = 0, height = 0 } = node.measured;
    const from = flowToScreenPosition({ x, y });
    const to = flowToScreenPosition({ x: x + width, y: y + height });
    const step = { left: from.x, right: to.x, top: from.y, bottom: to.y };
    const view = getViewport();
    const way = howToFollow({ view, left: left.current, isAsked, step, canvas });
    if (way === 'stay') return;
    // Straight there: the usual way rises to where all cards of a large flow are in view.
    const go = { zoom: view.zoom, duration: way === 'glide' ? MOVE_MS : 0, interpolate: 'linear' } as const;
    void setCenter(x + width / 2, y + height / 2, go).then(() => {
      left.current = getViewport();
    });
  }, [nodeId, isAsked, flowToScreenPosition, getInternalNode, getViewport, setCenter]);
  return null;
}
