/** Reads what an exception says of a failure: the run's story, the step, its system, its value, and who called the run. */
import type { BlobStore, Definitions, Journal, NodeHost, RunSummary } from '@waybill/engine/ports';
import type { Flow, JsonObject, JsonValue, NodeCatalog } from '@waybill/flow-model';
import { hiddenIn, manifestKey, masked } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { Repositories } from '@waybill/store';
import { journalRecords } from '../runs/read-run.ts';
import type { RunMasks } from '../runs/run-masks.ts';
import { loadValue } from '../runs/step-data.ts';
import { stepAddress } from '../runs/step-key.ts';
import { viewContext } from '../runs/view-context.ts';
import { boundConnections } from './bound-connections.ts';
import type { Caller, FailureContext } from './exception-record.ts';
import { recordLinks } from './record-links.ts';
import type { RunStory, StandingProblem } from './standing-problems.ts';
import { addToStory, emptyStory } from './standing-problems.ts';
import { valueAtStake } from './value-at-stake.ts';

/** Flows that call flows that call flows: further up nobody would look for the reason. */
const mostCallers = 10;

export interface FailureReader {
  storyOf(summary: RunSummary, flow: Flow): Promise<RunStory>;
  contextOf(problem: StandingProblem, summary: RunSummary, flow: Flow, story: RunStory): Promise<FailureContext>;
}

/** The run that called this one, the one that called that, and so on. */
export async function callersOf(
  { journal, definitions }: { journal: Pick<Journal, 'summary'>; definitions: Pick<Definitions, 'version'> },
  { parentRunId }: RunSummary,
): Promise<Caller[]> {
  const callers: Caller[] = [];
  for (let next = parentRunId; next !== null && callers.length < mostCallers; ) {
    const summary = await journal.summary(next);
    const flow = summary && (await definitions.version(summary.versionId))?.flow;
    if (!summary || !flow) break;
    callers.push({ summary, flow });
    next = summary.parentRunId;
  }
  return callers;
}

export function failureReader(options: {
  journal: Pick<Journal, 'summary' | 'read'>;
  blobs: BlobStore;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  evaluate: NodeHost['evaluate'];
  store: Pick<Repositories, 'roleBindings' | 'connections'>;
  credentialTypes: ReadonlyMap<string, CredentialDefinition>;
  environment: string;
  masks: RunMasks;
}): FailureReader {
  const { journal, blobs, catalog, evaluate, store, environment, masks, credentialTypes } = options;

  const bound = boundConnections({ store, environment });

  async function worthOf({ summary, flow }: Caller) {
    const [first] = await journal.read(summary.runId, 0, 1);
    const input = first?.record.type === 'run-accepted' ? first.record.start.input : null;
    return valueAtStake(flow.settings, await loadValue(blobs, input), { stake: null }, evaluate);
  }

  return {
    async storyOf(summary, flow) {
      const story = emptyStory();
      const context = viewContext(flow, catalog);
      for await (const record of journalRecords(journal, summary.runId)) addToStory(story, context, record);
      return story;
    },

    async contextOf(problem, summary, flow, story) {
      const node = flow.nodes[stepAddress(problem.step).nodeId];
      const manifest = node && catalog.get(manifestKey(node.type, node.version));
      const params = await loadValue(blobs, story.params.get(problem.step) ?? null);
      const callers = await callersOf(options, summary);
      const trigger = await loadValue(blobs, story.input);
      const names = await masks.ofRun(summary.runId);
      let value = await valueAtStake(flow.settings, trigger, story, evaluate);
      // A called flow does a part of what its caller is about, and is worth as much.
      for (const caller of callers) value ??= await worthOf(caller);
      const links = await recordLinks(
        {
          flow,
          catalog,
          triggerNode: story.triggerNode,
          trigger,
          failed: { nodeId: stepAddress(problem.step).nodeId, params: isJsonObject(params) ? params : null },
        },
        credentialTypes,
        bound.byBinding,
      );
      return {
        problem,
        summary,
        flow,
        manifest,
        callers,
        repeats: story.repeats,
        links,
        params: isJsonObject(params) ? params : null,
        connectionId: await bound.idOf(Object.values(node?.connections ?? {})[0]),
        value,
        masked: names,
        shownKey: (key) => masked(key, names, hiddenIn([params, trigger], names)) as JsonObject,
      };
    },
  };
}

const isJsonObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
