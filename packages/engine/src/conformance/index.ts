export type { ConformanceOptions } from './conformance.ts';
export { engineConformance } from './conformance.ts';
export type { ConformanceDriver, OpenDriver, Pace } from './driver.ts';
