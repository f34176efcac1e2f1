import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { fail } from './fail.ts';

const wording = { code: 'RATE_CARD_MISSING', message: 'Deal has no rate card.', fix: 'Choose one.' };

nodeContract(fail, { fixtures: [{ name: 'fails', params: wording, expect: { error: 'RATE_CARD_MISSING' } }] });

it('fails in the words of the flow author, without being repeated', async () => {
  await expect(runNode(fail, { params: wording })).rejects.toMatchObject({
    details: { what: 'Deal has no rate card.', fix: 'Choose one.', owner: 'user', engine: 'stop' },
  });
});
