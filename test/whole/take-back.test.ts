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
});
