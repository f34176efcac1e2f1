/** The tables SuiteQL sees: lower-cased columns over the stored records. */
import { isJsonObject, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import { sublistItems } from './record-rules.ts';
import { isTransaction, type RecordType, recordTypes } from './record-types.ts';
import { referenceName, timestamp } from './record-view.ts';
import type { Row } from './suiteql-runner.ts';

const everywhere = ['id', 'externalid', 'datecreated', 'createddate', 'lastmodifieddate'];
const transactionCodes: Record<string, string> = {
  salesOrder: 'SalesOrd',
  invoice: 'CustInvc',
  estimate: 'Estimate',
  creditMemo: 'CustCred',
  journalEntry: 'Journal',
  purchaseOrder: 'PurchOrd',
  vendorBill: 'VendBill',
  customerPayment: 'CustPymt',
  cashSale: 'CashSale',
  expenseReport: 'ExpRept',
};
const lineColumns = [
  'transaction',
  'id',
  'item',
  'quantity',
  'rate',
  'netamount',
  'amount',
  'memo',
  'description',
  'linesequencenumber',
];

export interface Table {
  readonly columns: ReadonlySet<string>;
  readonly rows: readonly Row[];
}

/** @returns undefined for an unknown table. */
export function tableOf(store: RecordStore, name: string): Table | undefined {
  if (name === 'transactionline') return { columns: new Set(lineColumns), rows: transactionLines(store) };
  if (name === 'deletedrecord')
    return { columns: new Set(['recordid', 'recordtypeid', 'deleteddate', 'name', 'type']), rows: deletedRows(store) };
  const types = recordTypes().filter((type) => type.table === name || type.name.toLowerCase() === name);
  if (types.length === 0) return undefined;
  const columns = new Set(everywhere);
  for (const type of types) for (const field of Object.keys(type.fields)) columns.add(field.toLowerCase());
  for (const type of types)
    if (isTransaction(type)) for (const more of ['type', 'recordtype', 'trandate']) columns.add(more);
  return { columns, rows: types.flatMap((type) => store.list(type.name).map((record) => rowOf(store, type, record))) };
}

function rowOf(store: RecordStore, type: RecordType, record: StoredRecord): Row {
  const values = new Map<string, string | number>([['id', record.id]]);
  const names = new Map<string, string>();
  addColumns(store, record.data, values, names);
  values.set('datecreated', timestamp(record.createdAtMs));
  values.set('createddate', timestamp(record.createdAtMs));
  values.set('lastmodifieddate', timestamp(record.updatedAtMs));
  if (isTransaction(type))
    values.set('type', transactionCodes[type.name] ?? type.name).set('recordtype', type.name.toLowerCase());
  return { values, names };
}

function addColumns(
  store: RecordStore,
  data: JsonObject,
  values: Map<string, string | number>,
  names: Map<string, string>,
) {
  for (const [field, value] of Object.entries(data)) {
    const column = field.toLowerCase();
    if (typeof value === 'boolean') values.set(column, value ? 'T' : 'F');
    else if (typeof value === 'string' || typeof value === 'number') values.set(column, value);
    else if (isJsonObject(value) && value['id'] !== undefined) {
      values.set(column, String(value['id']));
      const name = referenceName(store, value);
      if (name !== null) names.set(column, name);
    }
  }
}

function transactionLines(store: RecordStore): Row[] {
  return recordTypes()
    .filter(isTransaction)
    .flatMap((type) => store.list(type.name))
    .flatMap((record) =>
      sublistItems(record.data['item']).map((line, index) => {
        const values = new Map<string, string | number>([
          ['transaction', record.id],
          ['id', index + 1],
          ['linesequencenumber', index + 1],
        ]);
        const names = new Map<string, string>();
        addColumns(store, line, values, names);
        const amount = values.get('amount');
        if (amount !== undefined) values.set('netamount', amount);
        return { values, names };
      }),
    );
}

function deletedRows(store: RecordStore): Row[] {
  return recordTypes().flatMap((type) =>
    store
      .list(type.name, { includeDeleted: true })
      .filter((record) => record.deleted)
      .map((record) => ({
        values: new Map<string, string | number>([
          ['recordid', record.id],
          ['recordtypeid', type.name.toLowerCase()],
          ['type', type.name.toLowerCase()],
          ['deleteddate', timestamp(record.updatedAtMs)],
          ['name', String(record.data[type.label] ?? '')],
        ]),
        names: new Map<string, string>(),
      })),
  );
}
