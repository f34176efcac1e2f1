import { createContext, useContext } from 'react';

/** How much of a card is drawn. `far`: so small that no word on it could be read. */
export type Detail = 'near' | 'far';

/** Below this zoom words of 13 px are less than 5 px high. */
const FAR_ZOOM = 0.35;
/** Flows up to this many cards are drawn in full at any zoom, in view or not: that is cheap enough. */
export const MANY_NODES = 150;

/** Pure. */
export const detailAt = (zoom: number, nodes: number): Detail =>
  nodes > MANY_NODES && zoom < FAR_ZOOM ? 'far' : 'near';

export const DetailContext = createContext<Detail>('near');
export const useDetail = (): Detail => useContext(DetailContext);
