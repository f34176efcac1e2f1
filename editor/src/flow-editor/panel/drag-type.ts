/** Type of the drag data that carries a manifest key from the node panel to the canvas. */
export const PANEL_DRAG_TYPE = 'application/x-waybill-node';
