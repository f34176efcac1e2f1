import { defineNodePackage } from '@waybill/node-sdk';
import { kantataAccount } from './account.ts';
import { createProject } from './create-project.ts';
import { createRecords } from './create-records.ts';
import { createTasks } from './create-tasks.ts';
import { createWithReference } from './create-with-reference.ts';
import { findByReference } from './find-by-reference.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { setRateCard } from './set-rate-card.ts';
import { update } from './update.ts';

export const nodePackage = defineNodePackage({
  name: 'kantata',
  nodes: [
    createProject,
    createTasks,
    setRateCard,
    createWithReference,
    createRecords,
    findByReference,
    list,
    get,
    update,
  ],
  credentials: [kantataAccount],
});
