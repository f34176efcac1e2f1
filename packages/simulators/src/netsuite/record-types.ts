/**
 * The record types the simulated account knows: fields, what is required, what refers to what.
 * Written from the connector facts, not from any vendor file.
 */
export type FieldKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'dateTime'
  | { ref: readonly string[] }
  | { sublist: string };

export interface RecordType {
  readonly name: string;
  /** Table name in SuiteQL; transactions share one table. */
  readonly table: string;
  readonly fields: Record<string, FieldKind>;
  /** Each entry is satisfied by any one of its fields. */
  readonly required: readonly (readonly string[])[];
  /** Field that names the record in references. */
  readonly label: string;
}

const text = 'text';
const number = 'number';
const flag = 'boolean';
const date = 'date';
const ref = (...types: string[]): FieldKind => ({ ref: types });
const currency = ref('currency');
const subsidiary = ref('subsidiary');
const items = ['serviceSaleItem', 'nonInventorySaleItem'];
const customerOrProject = ref('customer', 'job');

const entityFields: Record<string, FieldKind> = {
  entityId: text,
  companyName: text,
  email: text,
  phone: text,
  url: text,
  comments: text,
  isInactive: flag,
  subsidiary,
  currency,
  isPerson: flag,
  firstName: text,
  lastName: text,
  vatRegNumber: text,
  taxIdNum: text,
  defaultAddress: text,
  category: text,
  terms: text,
  salesRep: ref('employee'),
  parent: ref('customer'),
  entityStatus: ref('entityStatus'),
  addressBook: { sublist: 'addressBook' },
  accountNumber: text,
  legalName: text,
};

const transactionFields: Record<string, FieldKind> = {
  tranId: text,
  tranDate: date,
  entity: ref('customer', 'vendor', 'employee', 'job'),
  job: ref('job'),
  subsidiary,
  currency,
  memo: text,
  exchangeRate: number,
  startDate: date,
  endDate: date,
  otherRefNum: text,
  terms: text,
  dueDate: date,
  department: ref('department'),
  class: ref('classification'),
  location: ref('location'),
  total: number,
  subtotal: number,
  billingSchedule: ref('billingSchedule'),
  orderStatus: ref('orderStatus'),
  salesRep: ref('employee'),
  status: text,
  item: { sublist: 'item' },
  createdFrom: ref('salesOrder', 'estimate', 'invoice'),
  postingPeriod: text,
  approvalStatus: text,
};

function transaction(name: string, more: Record<string, FieldKind> = {}, required = [['entity']]): RecordType {
  return { name, table: 'transaction', fields: { ...transactionFields, ...more }, required, label: 'tranId' };
}

function plain(
  name: string,
  label: string,
  fields: Record<string, FieldKind>,
  required = [[label]],
  table = name.toLowerCase(),
) {
  return { name, table, fields: { [label]: text, isInactive: flag, ...fields }, required, label } satisfies RecordType;
}

const types: readonly RecordType[] = [
  plain('customer', 'entityId', entityFields, [['companyName', 'lastName'], ['subsidiary']]),
  plain('vendor', 'entityId', entityFields, [['companyName', 'lastName'], ['subsidiary']]),
  plain('contact', 'entityId', { ...entityFields, company: ref('customer', 'vendor'), title: text }, [
    ['entityId', 'lastName'],
  ]),
  plain(
    'employee',
    'entityId',
    {
      ...entityFields,
      title: text,
      laborCost: number,
      department: ref('department'),
      supervisor: ref('employee'),
      hireDate: date,
      class: ref('classification'),
      location: ref('location'),
      billingClass: ref('billingClass'),
    },
    [['entityId', 'lastName'], ['subsidiary']],
  ),
  plain(
    'job',
    'entityId',
    {
      ...entityFields,
      parent: ref('customer'),
      customer: ref('customer'),
      startDate: date,
      endDate: date,
      calculatedEndDate: date,
      projectedEndDate: date,
      jobType: ref('jobType'),
      jobBillingType: ref('jobBillingType'),
      billingSchedule: ref('billingSchedule'),
      projectManager: ref('employee'),
      jobPrice: number,
      estimatedCost: number,
      estimatedLaborCost: number,
      estimatedTime: number,
      allowTime: flag,
      allowExpenses: flag,
      allowAllResourcesForTasks: flag,
      limitTimeToAssignees: flag,
      projectExpenseType: ref('projectExpenseType'),
      description: text,
      department: ref('department'),
      class: ref('classification'),
      location: ref('location'),
      billingRateCard: ref('billingRateCard'),
    },
    [['companyName'], ['parent', 'customer']],
  ),
  plain(
    'projectTask',
    'title',
    {
      company: ref('job'),
      parent: ref('projectTask'),
      startDate: date,
      endDate: date,
      estimatedWork: number,
      status: text,
      message: text,
      nonBillableTask: flag,
      isMilestone: flag,
      order: number,
      constraintType: text,
      finishByDate: date,
      assignee: { sublist: 'assignee' },
      priority: text,
    },
    [['title'], ['company']],
  ),
  plain('billingSchedule', 'name', {
    scheduleType: ref('billingScheduleType'),
    project: ref('job'),
    initialAmount: text,
    initialTerms: text,
    frequency: text,
    recurrenceCount: number,
    repeatEvery: number,
    inArrears: flag,
    applyToSubtotal: flag,
    isPublic: flag,
    amount: number,
    currency,
    startDate: date,
    recurrence: { sublist: 'recurrence' },
    milestone: { sublist: 'milestone' },
    comments: text,
  }),
  plain('billingRateCard', 'name', { currency, subsidiary, billingRateCardPrice: { sublist: 'billingRateCardPrice' } }),
  plain('billingClass', 'name', {}),
  plain(
    'chargeRule',
    'name',
    {
      project: ref('job'),
      chargeRuleType: text,
      rate: number,
      amount: number,
      currency,
      billingSchedule: ref('billingSchedule'),
      billingItem: ref(...items),
      rateSourceType: text,
      capAmount: number,
      stage: text,
    },
    [['name'], ['project']],
  ),
  plain(
    'charge',
    'memo',
    {
      billTo: customerOrProject,
      billingAccount: text,
      amount: number,
      quantity: number,
      rate: number,
      chargeDate: date,
      chargeType: text,
      currency,
      stage: text,
      project: ref('job'),
      billingItem: ref(...items),
      rule: ref('chargeRule'),
    },
    [['amount', 'rate']],
  ),
  plain(
    'timeBill',
    'memo',
    {
      employee: ref('employee'),
      customer: customerOrProject,
      caseTaskEvent: ref('projectTask'),
      item: ref(...items),
      tranDate: date,
      hours: text,
      isBillable: flag,
      rate: number,
      subsidiary,
      department: ref('department'),
      class: ref('classification'),
      location: ref('location'),
      approvalStatus: ref('approvalStatus'),
      supervisorApproval: flag,
    },
    [['employee'], ['hours'], ['tranDate']],
  ),
  transaction('salesOrder'),
  transaction('estimate', { title: text }),
  transaction('invoice'),
  transaction('creditMemo'),
  transaction('cashSale'),
  transaction('purchaseOrder'),
  transaction('vendorBill'),
  transaction('expenseReport', { expense: { sublist: 'expense' } }),
  transaction('customerPayment', { customer: ref('customer'), payment: number, apply: { sublist: 'apply' } }, [
    ['customer'],
  ]),
  transaction('journalEntry', { line: { sublist: 'line' }, reversalDate: date }, [['subsidiary'], ['line']]),
  plain(
    'serviceSaleItem',
    'itemId',
    { displayName: text, salesDescription: text, incomeAccount: ref('account'), subsidiary },
    [['itemId']],
    'item',
  ),
  plain(
    'nonInventorySaleItem',
    'itemId',
    { displayName: text, salesDescription: text, incomeAccount: ref('account'), subsidiary },
    [['itemId']],
    'item',
  ),
  plain('subsidiary', 'name', { legalName: text, currency, country: text, parent: ref('subsidiary'), taxIdNum: text }),
  plain('currency', 'name', { symbol: text, exchangeRate: number, isBaseCurrency: flag, currencyPrecision: number }),
  plain('account', 'acctName', { acctNumber: text, acctType: text, currency }),
  plain('department', 'name', { parent: ref('department'), subsidiary }),
  plain('classification', 'name', { parent: ref('classification'), subsidiary }),
  plain('location', 'name', { subsidiary }),
];

/** References into lists that are not records of their own; their ids are fixed by the product. */
export const fixedLists: Record<string, readonly string[]> = {
  billingScheduleType: ['STD', 'CB', 'FPM', 'FPI', 'TM'],
  jobBillingType: ['CB', 'FBI', 'FBM', 'TM'],
  jobType: ['1', '2', '3', '4'],
  entityStatus: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'],
  orderStatus: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'],
  approvalStatus: ['1', '2', '3'],
  projectExpenseType: ['-1', '-2', '-3', '-4'],
};

/** What a line of a sublist may refer to. */
export const lineReferences: Record<string, readonly string[]> = {
  item: items,
  account: ['account'],
  department: ['department'],
  class: ['classification'],
  location: ['location'],
  entity: ['customer', 'vendor', 'employee', 'job'],
  job: ['job'],
  customer: ['customer', 'job'],
  resource: ['employee'],
  currency: ['currency'],
  expenseAccount: ['account'],
};

const byName = new Map(types.map((type) => [type.name.toLowerCase(), type]));

/** Type names compare without case, as in the vendor's URLs. */
export function recordType(name: string): RecordType | undefined {
  return byName.get(name.toLowerCase());
}

export function recordTypes(): readonly RecordType[] {
  return types;
}

export function isTransaction(type: RecordType): boolean {
  return type.table === 'transaction';
}
