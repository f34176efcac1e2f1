/** A look into the account for people: customers, projects, billing schedules, transactions. */
import type { Express } from 'express';
import { type Html, html, money, page } from '../kernel/html.ts';
import { asObject, type JsonObject } from '../kernel/json.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';
import { sublistItems } from './record-rules.ts';
import { recordType } from './record-types.ts';
import { referenceName } from './record-view.ts';

const look = { brand: 'NetSuite · simulated', accent: '#1f5c7a' };

const browserPages = {
  '/app/common/entity/custjob.nl': 'customer',
  '/app/accounting/project/project.nl': 'job',
  '/app/accounting/transactions/custinvc.nl': 'invoice',
} as const;

export function mountPages(app: Express, { store }: SimulatorContext) {
  app.get('/', (_request, response) => {
    const content = html`<h1>Finance overview</h1><p class="sub">What the simulated account holds right now.</p>
${section(
  'Projects',
  ['Project', 'Customer', 'Subsidiary', 'Currency', 'External ID'],
  newestFirst(store, 'job').map((record) => projectRow(store, record)),
)}
${section(
  'Billing schedules',
  ['Schedule', 'Type', 'Project', 'Instalments', 'External ID'],
  newestFirst(store, 'billingSchedule').map((record) => scheduleRow(store, record)),
)}
${section(
  'Sales orders and invoices',
  ['Number', 'Kind', 'Customer', 'Date', 'Total'],
  ['salesOrder', 'invoice'].flatMap((type) =>
    newestFirst(store, type).map((record) => transactionRow(store, type, record)),
  ),
)}
${section(
  'Customers',
  ['Customer', 'Subsidiary', 'Currency', 'Tax number', 'External ID'],
  newestFirst(store, 'customer').map((record) => customerRow(store, record)),
)}`;
    response.type('html').send(page({ ...look, title: 'Finance overview', content }));
  });

  // The addresses that links of other programs use.
  for (const [path, type] of Object.entries(browserPages))
    app.get(path, (request, response) => {
      const id = new URL(request.url, 'http://localhost').searchParams.get('id') ?? '';
      response.redirect(`/records/${type}/${encodeURIComponent(id)}`);
    });

  app.get('/records/:type/:id', (request, response, next) => {
    const type = recordType(request.params.type);
    const record = type && store.get(type.name, request.params.id);
    if (!type || !record) return next();
    const fields = Object.entries(record.data).map(
      ([name, value]) => html`<div><dt>${name}</dt><dd>${shown(store, value)}</dd></div>`,
    );
    const content = html`<h1>${String(record.data[type.label] ?? record.id)}</h1><p class="sub">${type.name}, internal ID ${record.id}</p>
<section><dl class="fields">${fields}</dl></section>`;
    response.type('html').send(page({ ...look, title: `${type.name} ${record.id}`, content }));
  });
}

function newestFirst(store: RecordStore, type: string): StoredRecord[] {
  return store.list(type).toReversed().slice(0, 100);
}

function section(title: string, heads: readonly string[], rows: readonly Html[]): Html {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p class="empty">None yet.</p></section>`;
  return html`<section><h2>${title} (${rows.length})</h2><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></section>`;
}

function nameLink(type: string, record: StoredRecord, field: string): Html {
  return html`<a href="/records/${type}/${record.id}">${String(record.data[field] ?? record.id)}</a>`;
}

function projectRow(store: RecordStore, record: StoredRecord): Html {
  const name = (field: string) => referenceName(store, record.data[field]) ?? '';
  return html`<tr><td>${nameLink('job', record, 'companyName')}</td><td>${name('parent')}</td><td>${name('subsidiary')}</td><td>${name('currency')}</td><td>${external(record)}</td></tr>`;
}

function scheduleRow(store: RecordStore, record: StoredRecord): Html {
  const lines = [...sublistItems(record.data['recurrence']), ...sublistItems(record.data['milestone'])];
  const type = String(asObject(record.data['scheduleType'])['id'] ?? 'STD');
  return html`<tr><td>${nameLink('billingSchedule', record, 'name')}</td><td>${type}</td><td>${referenceName(store, record.data['project']) ?? ''}</td><td>${lines.length}</td><td>${external(record)}</td></tr>`;
}

function transactionRow(store: RecordStore, type: string, record: StoredRecord): Html {
  const total = money(Number(record.data['total'] ?? 0), referenceName(store, record.data['currency']) ?? '');
  return html`<tr><td>${nameLink(type, record, 'tranId')}</td><td>${type}</td><td>${referenceName(store, record.data['entity']) ?? ''}</td><td>${String(record.data['tranDate'] ?? '')}</td><td class="num">${total}</td></tr>`;
}

function customerRow(store: RecordStore, record: StoredRecord): Html {
  const name = (field: string) => referenceName(store, record.data[field]) ?? '';
  return html`<tr><td>${nameLink('customer', record, 'entityId')}</td><td>${name('subsidiary')}</td><td>${name('currency')}</td><td>${String(record.data['vatRegNumber'] ?? '')}</td><td>${external(record)}</td></tr>`;
}

function external(record: StoredRecord): string {
  return String(record.data['externalId'] ?? '');
}

function shown(store: RecordStore, value: JsonObject[string]): string {
  const name = referenceName(store, value);
  if (name !== null) return name;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
