export type { Fixture, PageFixture, PollFixture, ProbeFixture, Ran } from './fixture.ts';
export { pollNode, probeNode, runNode, undoNode } from './fixture.ts';
export type { NodeContractOptions } from './node-contract.ts';
export { nodeContract } from './node-contract.ts';
export type { Exchange, RecordedReply, Send } from './recorded-http.ts';
export { replay } from './recorded-http.ts';
export type { TestContext, TestContextOptions } from './test-context.ts';
export { TEST_NOW, testContext } from './test-context.ts';
