export type { ServerConfig } from './config.ts';
export { ConfigError, readConfig } from './config.ts';
export type { Platform, SimulatorInfo } from './handlers/platform.ts';
export type { RunningServer } from './start-server.ts';
export { startServer } from './start-server.ts';
export type { WiringExtras } from './wiring.ts';
