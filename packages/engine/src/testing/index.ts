export { memoryBlobs } from '../memory/memory-blobs.ts';
export type { MemoryJournal } from '../memory/memory-journal.ts';
export { memoryJournal } from '../memory/memory-journal.ts';
export {
  aFlow,
  LAG_MS,
  REMEMBERED_MS,
  testDefinitions,
  testManifests,
  testNodeTypes,
  versionIdOf,
} from './flow-builder.ts';
export type { HandGovernor } from './hand-governor.ts';
export { handGovernor } from './hand-governor.ts';
export { journalContract } from './journal-contract.ts';
export type { ManualClock } from './manual-clock.ts';
export { manualClock } from './manual-clock.ts';
export type { NodeHostSetup } from './node-host-contract.ts';
export { nodeHostContract } from './node-host-contract.ts';
export type { Script, ScriptedNodeHost } from './scripted-node-host.ts';
export { anError, failed, scriptedNodeHost } from './scripted-node-host.ts';
export type { RaisedEvent, TestBench } from './test-bench.ts';
export { passOnScripts, testBench } from './test-bench.ts';
