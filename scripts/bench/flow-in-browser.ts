import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '@waybill/api-contract';
import type { Flow, FlowId } from '@waybill/flow-model';
import { flowIdSchema } from '@waybill/flow-model';
import type { Browser, Page } from 'playwright-core';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { launchBrowser, newVisitor, signInWithPassword } from '../../test/support/browser.ts';
import { serve } from './process.ts';

const administrator = { email: 'admin@waybill.local', password: 'waybill-bench-2026' };

export interface FlowInBrowser {
  url: string;
  flowId: FlowId;
  api: ApiClient;
  /** A page of a browser that has cached nothing yet, signed in. */
  newPage(): Promise<Page>;
}

/** The platform in a process of its own with one published flow, and headless Chromium, while `use` runs. */
export async function withFlowInBrowser<T>(flow: Flow, use: (given: FlowInBrowser) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const flowFile = join(dataDir, 'flow.json');
  writeFileSync(flowFile, JSON.stringify(flow));
  const { email, password } = administrator;
  const served = await serve('waybill-flow.ts', [dataDir, email, password, flowFile]);
  const { url = '', link = '' } = served.ready;
  let browser: Browser | null = null;
  try {
    const launched = await launchBrowser();
    browser = launched;
    const newPage = async () => {
      const { page } = await newVisitor(launched, { viewport: { width: 1280, height: 800 } });
      await signInWithPassword(page, url, email, password);
      return page;
    };
    return await use({
      url,
      flowId: flowIdSchema.parse(served.ready['flowId']),
      api: await apiWithLink(link),
      newPage,
    });
  } finally {
    await browser?.close();
    await served.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
