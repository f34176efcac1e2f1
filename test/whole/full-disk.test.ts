import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '@waybill/api-contract';
import { apiWithLink } from '@waybill/cli/platform';
import { edgeId, emptyFlow, flowIdSchema, flowSchema, nodeIdSchema } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type PlatformProcess, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const mountPoint = mkdtempSync(join(tmpdir(), 'waybill-full-'));
const command = (name: string, ...args: string[]) => spawnSync(name, args, { stdio: 'ignore' }).status === 0;
const isMounted = command('mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mountPoint);
afterAll(() => {
  if (isMounted) command('umount', '-l', mountPoint);
  rmSync(mountPoint, { recursive: true, force: true });
});

describe.skipIf(!isMounted)('a full disk (needs the right to mount a tmpfs)', () => {
  const ballast = join(mountPoint, 'ballast');
  let platform: PlatformProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    platform = await startPlatformProcess({ dataDir: join(mountPoint, 'data'), port });
  });
  afterAll(() => platform?.kill());

  const fillUp = () => {
    const { bavail, bsize } = statfsSync(mountPoint);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 4_096)));
  };

  it('answers 507, accepts nothing by half, and goes on when there is room', async () => {
    const api = await apiWithLink(platform.signInLink);
    const flow = flowSchema.parse({
      ...emptyFlow(flowIdSchema.parse('orders'), 'Orders'),
      nodes: {
        hook: { type: 'core.webhook', version: 1, params: { path: 'order' } },
        keep: { type: 'core.map', version: 1, params: { expression: 'input.body' } },
      },
    });
    const edge = {
      from: { node: nodeIdSchema.parse('hook'), port: 'received' },
      to: { node: nodeIdSchema.parse('keep'), port: 'in' },
    };
    flow.edges[edgeId(edge)] = edge;
    const { summary } = await api('createFlow', { body: { name: 'Orders', flow } });
    await api('publishFlow', { params: { flowId: summary.id }, body: { revision: summary.revision, note: 'First' } });
    const { items } = await api('webhooks', { params: { flowId: summary.id } });
    const url = items[0]?.url ?? '';
    const send = async (id: number) => {
      const reply = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id, text: 'x'.repeat(20_000) }),
      });
      return {
        status: reply.status,
        problem: reply.status === 202 ? null : ((await reply.json()) as { code: string; fix: string }),
      };
    };
    const accepted: number[] = [];
    let sent = 0;
    const sendOne = async () => {
      sent += 1;
      const answer = await send(sent);
      if (answer.status === 202) accepted.push(sent);
      return answer;
    };
    expect((await sendOne()).status).toBe(202);

    fillUp();
    const refusal = await until('the first refusal', async () => {
      const answer = await sendOne();
      return answer.status !== 202 && answer;
    });
    expect(refusal).toMatchObject({ status: 507, problem: { code: 'STORAGE_FULL' } });
    expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
    const draft = await api('createFlow', { body: { name: 'Too much', flow } }).catch((error: unknown) => error);
    if (draft instanceof ApiError) expect(draft.problem.status).toBe(507);
    const file = new Uint8Array(3_000_000).fill(120);
    const refused = await api('addFile', { query: { name: 'large.csv' }, body: file }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ problem: { status: 507, code: 'STORAGE_FULL' } });
    expect(readdirSync(join(mountPoint, 'data/files/uploads'))).toEqual([]);

    expect(existsSync(ballast)).toBe(true);
    rmSync(ballast);
    await until('it to take events again', async () => (await sendOne()).status === 202);

    const allDone = async () => {
      const runs = await api('listRuns', { query: { flowId: summary.id, limit: 200 } });
      return runs.items.every(({ status }) => status === 'succeeded') && runs.items;
    };
    expect(await until('all runs to end', allDone)).toHaveLength(accepted.length);

    // What was promised is still there after a crash, and nothing else.
    await platform.kill();
    platform = await startPlatformProcess({ dataDir: join(mountPoint, 'data'), port });
    const again = await apiWithLink(platform.signInLink);
    const { items: kept } = await again('listRuns', { query: { flowId: summary.id, limit: 200 } });
    expect(kept).toHaveLength(accepted.length);
  });
});
