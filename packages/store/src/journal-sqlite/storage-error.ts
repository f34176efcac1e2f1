import type { FlowError } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { StorageFailure } from './storage-failure.ts';

export const storageError = ({ full, message }: StorageFailure): FlowError =>
  full
    ? flowError('STORAGE_FULL', {
        what: 'The disk of the data folder is full.',
        fix: 'Free space or move the data folder; nothing accepted is lost and work goes on by itself.',
        owner: 'engine',
        engine: 'retry',
        effect: 'none',
      })
    : flowError('STORAGE_FAILED', {
        what: `The journal could not be written or read: ${message}`,
        fix: 'Check the disk of the data folder and the log.',
        owner: 'engine',
        engine: 'retry',
        effect: 'none',
      });
