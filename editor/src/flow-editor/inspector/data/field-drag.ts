/** Type of the drag data that carries the expression of a data field to a param. */
export const FIELD_DRAG_TYPE = 'application/x-waybill-field';
