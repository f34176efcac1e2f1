import { nodeContract } from '@waybill/node-sdk/contract';
import { scope } from './scope.ts';

nodeContract(scope, { fixtures: [{ name: 'enters with its input', input: { in: 1 }, expect: { do: 'enter' } }] });
