export { apiWithLink } from './api-session.ts';
export { type Started, startPlatform } from './commands/start.ts';
export { demoPassword, installDemoFirm } from './demo/demo-firm.ts';
export type { SimulatorInfo } from './demo/simulators-process.ts';
