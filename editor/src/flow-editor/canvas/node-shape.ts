import type { Box, FlowNode, NodeManifest } from '@waybill/flow-model';
import { ERROR_PORT } from '@waybill/flow-model';
import type { NodeHandle } from '@xyflow/react';
import { Position } from '@xyflow/react';
import { CARD_HEIGHT, CARD_WIDTH, CONTAINER_HEAD, CONTAINER_SIZE, PORT_ROW } from '../graph/geometry.ts';
import type { DrawnPort } from '../graph/ports.ts';
import { hasErrorPort, inputPorts, outputPorts } from '../graph/ports.ts';

/**
 * Sizes and places of ports as card.css, container.css and edges.css draw them, worked out instead of measured: a canvas that
 * must measure first has to draw all cards of a flow once, seen or not. What is measured later on screen wins.
 */

const HANDLE_PX = 11;
const CARD_BORDER = 1;
const CONTAINER_BORDER = 1.5;
/** From the left edge to the middle of the error port. */
const ERROR_PORT_AT = 28;

/** Rows of named ports below the head of a card: only where there is a choice. */
export const portRows = (inputs: readonly DrawnPort[], outputs: readonly DrawnPort[]): number =>
  Math.max(inputs.length > 1 ? inputs.length : 0, outputs.length > 1 ? outputs.length : 0);

/** Middle of a port, from the inner top edge of its card. */
export const cardPortTop = (index: number, count: number): number =>
  count > 1 ? CARD_HEIGHT + index * PORT_ROW + PORT_ROW / 2 - 2 : CARD_HEIGHT / 2;

/** The same for a container: all ports at its head. */
export const containerPortTop = (): number => CONTAINER_HEAD / 2;

export interface NodeShape {
  width: number;
  height: number;
  handles: NodeHandle[];
}

/** The drawn size of a node, and where its ports are. Pure. */
export function shapeOf(
  node: Pick<FlowNode, 'params'>,
  manifest: NodeManifest | undefined,
  box: Box | undefined,
  isContainer: boolean,
): NodeShape {
  const inputs = inputPorts(manifest);
  const outputs = outputPorts(manifest, node.params);
  const width = isContainer ? (box?.width ?? CONTAINER_SIZE.width) : CARD_WIDTH;
  const height = isContainer
    ? (box?.height ?? CONTAINER_SIZE.height)
    : CARD_HEIGHT + portRows(inputs, outputs) * PORT_ROW;
  const border = isContainer ? CONTAINER_BORDER : CARD_BORDER;
  const top = isContainer ? containerPortTop : cardPortTop;
  const handle = (id: string, type: 'source' | 'target', position: Position, x: number, y: number): NodeHandle => ({
    id,
    type,
    position,
    x: x - HANDLE_PX / 2,
    y: y - HANDLE_PX / 2,
    width: HANDLE_PX,
    height: HANDLE_PX,
  });
  return {
    width,
    height,
    handles: [
      ...inputs.map(({ name }, index) =>
        handle(name, 'target', Position.Left, border, border + top(index, inputs.length)),
      ),
      ...outputs.map(({ name }, index) =>
        handle(name, 'source', Position.Right, width - border, border + top(index, outputs.length)),
      ),
      ...(hasErrorPort(manifest)
        ? [handle(ERROR_PORT, 'source', Position.Bottom, border + ERROR_PORT_AT, height - border)]
        : []),
    ],
  };
}
