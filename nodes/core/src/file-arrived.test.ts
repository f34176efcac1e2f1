import { nodeContract } from '@waybill/node-sdk/contract';
import { fileArrived } from './file-arrived.ts';

const march = {
  fileId: 'f_1',
  folder: 'card-expenses',
  name: 'march.csv',
  path: 'uploads/f_1/march.csv',
  sizeBytes: 12,
  mediaType: 'text/csv',
  sha256: 'aa',
  from: 'Anna',
  arrivedAt: '2026-11-20T06:30:00.000Z',
};

nodeContract(fileArrived, {
  fixtures: [
    {
      name: 'passes on what is known of the file',
      params: { folder: 'card-expenses', repeats: 'ignore' },
      input: { event: march },
      expect: { port: 'arrived', value: march },
    },
  ],
});
