import { defineNodePackage, inboundHmac } from '@waybill/node-sdk';
import { approval } from './approval.ts';
import { callFlow } from './call-flow.ts';
import { code } from './code.ts';
import { crosswalkFind } from './crosswalk-find.ts';
import { crosswalkLink } from './crosswalk-link.ts';
import { event } from './event.ts';
import { fail } from './fail.ts';
import { fileArrived } from './file-arrived.ts';
import { forEach } from './for-each.ts';
import { branch } from './if.ts';
import { join } from './join.ts';
import { lookup } from './lookup.ts';
import { manual } from './manual.ts';
import { map } from './map.ts';
import { raiseEvent } from './raise-event.ts';
import { raiseException } from './raise-exception.ts';
import { codeRecords } from './records/code-records.ts';
import { counterpartRecords } from './records/counterpart-records.ts';
import { filterRecords } from './records/filter-records.ts';
import { firstRecords } from './records/first-records.ts';
import { folder } from './records/folder.ts';
import { forEachBatch } from './records/for-each-batch.ts';
import { lookupRecords } from './records/lookup-records.ts';
import { mapRecords } from './records/map-records.ts';
import { readRecords } from './records/read-records.ts';
import { totalRecords } from './records/total-records.ts';
import { writeRecords } from './records/write-records.ts';
import { requestFix } from './request-fix.ts';
import { respond } from './respond.ts';
import { schedule } from './schedule.ts';
import { scope } from './scope.ts';
import { set } from './set.ts';
import { stop } from './stop.ts';
import { choose } from './switch.ts';
import { wait } from './wait.ts';
import { waitForEvent } from './wait-for-event.ts';
import { webhook } from './webhook.ts';

export const nodePackage = defineNodePackage({
  name: 'core',
  nodes: [
    webhook,
    schedule,
    manual,
    event,
    fileArrived,
    respond,
    set,
    map,
    code,
    lookup,
    crosswalkFind,
    crosswalkLink,
    branch,
    choose,
    forEach,
    join,
    scope,
    wait,
    callFlow,
    stop,
    fail,
    waitForEvent,
    raiseEvent,
    approval,
    requestFix,
    raiseException,
    readRecords,
    mapRecords,
    filterRecords,
    lookupRecords,
    counterpartRecords,
    codeRecords,
    totalRecords,
    writeRecords,
    forEachBatch,
    firstRecords,
  ],
  credentials: [inboundHmac, folder],
});
