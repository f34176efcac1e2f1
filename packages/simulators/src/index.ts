export {
  type Currency,
  erpCurrencyIds,
  type LegalEntity,
  legalEntities,
  type RateCard,
  rateCards,
} from './demo-firm/demo-firm.ts';
export type { AuditFilter, AuditRow } from './kernel/audit.ts';
export type { FaultKind, FaultRule } from './kernel/faults.ts';
export type { RunningSimulator, SimulatorInfo, SimulatorName } from './kernel/simulator.ts';
export { auditOf, type Simulators, type StartOptions, startSimulators } from './start-simulators.ts';
