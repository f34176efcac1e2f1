import { edgeId, type Flow } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';
import { failingProjectFlow, runOnce } from '../support/taken-back.ts';
import { until } from '../support/until.ts';

let demo: DemoPlatform;
beforeAll(async () => {
  demo = await startDemoPlatform();
});
afterAll(() => demo.close());

const detail = (runId: string) => demo.api('getRun', { params: { runId } });
const status = (runId: string, wanted: string) =>
  until(`run ${runId} to be ${wanted}`, async () => {
    const found = await detail(runId);
    return found.run.status === wanted && found;
  });
const projects = () =>
  demo.simulators
    .get('kantata')
    .audit({ object: 'workspaces' })
    .map((row) => row.operation);
const stepOf = (found: Awaited<ReturnType<typeof detail>>, nodeId: string) =>
  found.steps.find((step) => step.nodeId === nodeId);

describe('what a failed flow did in other systems', () => {
  it('is taken back by its group, and shows so on the run and in the ledger', async () => {
    const before = projects().length;
    const runId = await runOnce(demo, failingProjectFlow('undo-by-itself', 'automatically'), 'Pier audit');
    const found = await status(runId, 'failed');
    expect(projects().slice(before)).toEqual(['create', 'delete']);
    expect(stepOf(found, 'project')).toMatchObject({ status: 'undone', undo: { state: 'undone', by: 'engine' } });
    const { items } = await demo.api('listEffects', { query: { runId } });
    expect(items).toMatchObject([{ state: 'reversed', note: 'Taken back because its group failed.' }]);
  });

  it('waits for approval where the group says so, over a kill of the server', async () => {
    const before = projects().length;
    const runId = await runOnce(demo, failingProjectFlow('undo-asks', 'after-approval'), 'Quay audit');
    await status(runId, 'waiting');
    await demo.platform.kill();
    await demo.restart();
    const task = await until('the task', async () => {
      const { items } = await demo.api('listTasks', { query: { view: 'all' } });
      return items.find((each) => each.runId === runId);
    });
    expect(task).toMatchObject({ title: 'Take back what “Set up the project” did?' });
    expect(projects().slice(before)).toEqual(['create']);
    const params = { taskId: task.id };
    await demo.api('decideTask', { params, body: { outcome: 'take-back', comment: 'wrong client', form: {} } });
    await status(runId, 'failed');
    expect(projects().slice(before)).toEqual(['create', 'delete']);
  });

  it('is named as the ground of a later run that repeats this one, and written anew once it is gone', async () => {
    const before = projects().length;
    const runId = await runOnce(demo, failingProjectFlow('undo-repeated', null), 'Wharf audit');
    await status(runId, 'failed');
    const again = async () => {
      const body = { version: 'same' as const, effects: 'skip-confirmed' as const, reason: 'once more' };
      const repeat = await demo.api('replayRun', { params: { runId }, body });
      await status(repeat.id, 'failed');
      return repeat.id;
    };
    const later = await again();
    const preview = await demo.api('previewUndo', { params: { runId } });
    expect(preview).toMatchObject({
      effects: [{ step: 'project' }],
      goesOnIn: [{ runId: later, status: 'failed' }],
    });
    expect(await demo.api('previewUndo', { params: { runId: later } })).toMatchObject({ effects: [], goesOnIn: [] });
    await demo.api('undoRun', { params: { runId }, body: { reason: 'wrong client' } });
    await until('the undo', async () => stepOf(await detail(runId), 'project')?.undo?.state === 'undone');
    await status(runId, 'failed');
    await again();
    await again();
    expect(projects().slice(before)).toEqual(['create', 'delete', 'create']);
  });

  it('is taken back when a person asks after seeing what, and sent anew by a retry', async () => {
    const before = projects().length;
    const runId = await runOnce(demo, failingProjectFlow('undo-by-hand', null), 'Dock audit');
    await status(runId, 'failed');
    const preview = await demo.api('previewUndo', { params: { runId } });
    expect(preview.effects).toMatchObject([{ step: 'project', title: 'Create the project' }]);
    const ask = (body: { reason: string; effects?: string[] }) => demo.api('undoRun', { params: { runId }, body });
    await expect(ask({ reason: ' ' })).rejects.toMatchObject({ problem: { status: 400 } });
    await expect(ask({ reason: 'x', effects: ['no-such-effect'] })).rejects.toMatchObject({
      problem: { code: 'UNDO_NOTHING', status: 409 },
    });
    await ask({ reason: 'wrong client', effects: preview.effects.map((effect) => effect.effectKey) });
    const found = await until('the undo', async () => {
      const now = await detail(runId);
      return stepOf(now, 'project')?.undo?.state === 'undone' && now.run.status === 'failed' && now;
    });
    expect(stepOf(found, 'project')?.undo).toMatchObject({ attempts: 1, error: null });
    expect(projects().slice(before)).toEqual(['create', 'delete']);
    const { items } = await demo.api('listAudit', { query: {} });
    expect(items.find((entry) => entry.action === 'run.undo')).toMatchObject({
      subject: `run:${runId}`,
      details: { reason: 'wrong client', effects: [{ step: 'project' }] },
    });
    await expect(ask({ reason: 'again' })).rejects.toMatchObject({ problem: { code: 'UNDO_NOTHING' } });
    await demo.api('retryStep', { params: { runId, step: 'refuse' }, body: {} });
    await until('the project to be there again', async () => projects().length === before + 3);
    await status(runId, 'failed');
    expect(projects().slice(before)).toEqual(['create', 'delete', 'create']);
  });

  describe('in a flow that takes back what a failed run did', () => {
    /** Creates a project and renames it, then fails; a person is asked. */
    function renamedThenFailed(id: string): Flow {
      const flow = failingProjectFlow(id, null);
      const wire = (from: string, port: string, to: string) => {
        const edge = { from: { node: from, port }, to: { node: to, port: 'in' } };
        return [edgeId(edge), edge] as const;
      };
      return {
        ...flow,
        nodes: {
          ...flow.nodes,
          rename: {
            type: 'kantata.update',
            version: 1,
            title: 'Rename the project',
            connections: { account: 'psa' },
            params: {
              resource: 'workspaces',
              id: { $: 'steps.project.id' },
              fields: { title: { $: 'trigger.name & " (approved)"' } },
            },
          },
        },
        edges: Object.fromEntries([
          wire('start', 'submitted', 'project'),
          wire('project', 'done', 'rename'),
          wire('rename', 'done', 'refuse'),
        ]),
        layout: { ...flow.layout, rename: { x: 480, y: 200 } },
        settings: { ...flow.settings, undoFailedRun: 'ask' },
      };
    }
    async function openTask(runId: string) {
      const task = await until('the task', async () => {
        const { items } = await demo.api('listTasks', { query: { view: 'all' } });
        return items.find((each) => each.runId === runId);
      });
      const decide = (outcome: string) =>
        demo.api('decideTask', { params: { taskId: task.id }, body: { outcome, comment: 'so be it', form: {} } });
      return { task, decide };
    }

    it('waits, seen as parked, while the system may not be called, over a kill of the server', async () => {
      const before = projects().length;
      const runId = await runOnce(demo, renamedThenFailed('undo-parks'), 'Lock audit');
      await status(runId, 'waiting');
      const { items } = await demo.api('listConnections', { query: {} });
      const connectionId = items.find((each) => each.type === 'kantata')?.id ?? '';
      await demo.api('pauseConnection', { params: { connectionId }, body: { reason: 'moving house' } });
      await (await openTask(runId)).decide('take-back');
      const parked = await until('the undo to be parked', async () => {
        const now = await detail(runId);
        return now.run.note === 'parked' && now;
      });
      expect(stepOf(parked, 'rename')?.undo).toMatchObject({
        state: 'parked',
        parked: { words: 'Waits because calls to the system are paused' },
      });
      await demo.platform.kill();
      await demo.restart();
      expect(projects().slice(before)).toEqual(['create', 'update']);
      await demo.api('resumeConnection', { params: { connectionId }, body: { reason: 'moved' } });
      await status(runId, 'failed');
      expect(projects().slice(before)).toEqual(['create', 'update', 'update', 'delete']);
    });

    it('makes an exception of what was changed since, and takes back the rest', async () => {
      const runId = await runOnce(demo, renamedThenFailed('undo-changed'), 'Weir audit');
      await status(runId, 'waiting');
      const kantata = demo.simulators.get('kantata');
      const { baseUrl, credentials } = kantata.info;
      const id = kantata.audit({ object: 'workspaces' }).at(-1)?.recordId;
      await fetch(`${baseUrl}/api/v1/workspaces/${id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${credentials['token']}`, 'content-type': 'application/json' },
        body: JSON.stringify({ workspace: { title: 'Renamed by hand' } }),
      });
      await (await openTask(runId)).decide('take-back');
      const exception = await until('the exception', async () => {
        const { items } = await demo.api('listExceptions', { query: {} });
        return items.find((each) => each.runId === runId);
      });
      expect(exception).toMatchObject({ title: '“Rename the project” could not be taken back' });
      const { items } = await demo.api('listTasks', { query: { view: 'all' } });
      const params = { taskId: items.find((each) => each.runId === runId)?.id ?? '' };
      await demo.api('decideTask', { params, body: { outcome: 'leave', comment: 'fine', form: {} } });
      const ended = await status(runId, 'failed');
      expect(ended.run.note).toBe('partly-taken-back');
      expect(stepOf(ended, 'rename')?.undo).toMatchObject({ state: 'left', error: { code: 'UNDO_CHANGED_SINCE' } });
      expect(stepOf(ended, 'project')?.undo?.state).toBe('undone');
    });
  });
});
