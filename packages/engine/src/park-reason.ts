/** Why a system is not called now. */
export type ParkReason = 'throttled' | 'circuit-open' | 'maintenance' | 'paused';
