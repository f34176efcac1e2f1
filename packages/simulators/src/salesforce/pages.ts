/** "Northwind CRM": the deals for people, with editing and the button that wins a deal. */
import type { Express, Request } from 'express';
import { type Html, html, money, page } from '../kernel/html.ts';
import { asObject, type JsonObject } from '../kernel/json.ts';
import type { StoredRecord } from '../kernel/record-store.ts';
import { readBody } from '../kernel/request-body.ts';
import { originOf, queryOf } from '../kernel/simulator.ts';
import { SalesforceError } from './errors.ts';
import { type Org, objectNamed, updateRecord } from './records.ts';
import { contractTypes, currencyCodes, entityCodes, rateCardNames, stages } from './schema.ts';

const look = {
  brand: 'Northwind CRM · simulated Salesforce',
  accent: '#0b5cab',
  links: [
    { title: 'Deals', path: '/' },
    { title: 'Accounts', path: '/accounts' },
  ],
};

/** Fields a person may complete on the deal page, with their choices. */
const editable: readonly {
  readonly name: string;
  readonly label: string;
  readonly values?: readonly string[];
  readonly type?: string;
}[] = [
  { name: 'Legal_Entity__c', label: 'Legal entity', values: entityCodes },
  { name: 'Contract_Type__c', label: 'Contract type', values: contractTypes },
  { name: 'Rate_Card__c', label: 'Rate card', values: rateCardNames },
  { name: 'CurrencyIsoCode', label: 'Currency', values: currencyCodes },
  { name: 'Delivery_Channel__c', label: 'Delivery', values: ['Onsite', 'Remote', 'Hybrid'] },
  { name: 'Project_Code__c', label: 'Project code' },
  { name: 'Start_Date__c', label: 'Project start', type: 'date' },
  { name: 'End_Date__c', label: 'Project end', type: 'date' },
];

/** A deal needs these before delivery can start; the list marks deals without them. */
const needed = ['Legal_Entity__c', 'Rate_Card__c', 'CurrencyIsoCode', 'Contract_Type__c'];

export function mountPages(app: Express, org: Org) {
  const { store } = org;
  const accountName = (deal: StoredRecord) =>
    String(store.get('Account', String(deal.data['AccountId'] ?? ''))?.data['Name'] ?? '');

  app.get('/', (request, response) => {
    const search = (queryOf(request).get('q') ?? '').trim();
    const isShown = (deal: StoredRecord) =>
      `${deal.data['Name']} ${accountName(deal)} ${deal.data['Contract_Type__c']} ${deal.data['Project_Code__c']}`
        .toLowerCase()
        .includes(search.toLowerCase());
    const found = store.list('Opportunity').filter(isShown);
    const open = found.filter(({ data }) => data['IsClosed'] !== true).toSorted(byCloseDate);
    const won = found.filter(({ data }) => data['IsWon'] === true).toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
    const content = html`<h1>Deals</h1><p class="sub">${open.length} open, ${won.length} won</p>
<form class="bar" role="search"><label for="q">Search deals</label><input type="search" id="q" name="q" value="${search}" placeholder="Name, client, contract type, project code"><button>Search</button>${search ? html`<a href="/">Show all</a>` : ''}</form>
${dealTable('Open deals', open, accountName)}${dealTable('Won deals', won, accountName)}`;
    response.type('html').send(page({ ...look, title: 'Deals', content }));
  });

  app.get('/accounts', (_request, response) => {
    const rows = store
      .list('Account')
      .map(
        ({ data }) =>
          html`<tr><td>${String(data['Name'])}</td><td>${String(data['Industry'] ?? '')}</td><td>${String(data['BillingCity'] ?? '')}, ${String(data['BillingCountry'] ?? '')}</td><td>${String(data['Legal_Entity__c'] ?? '')}</td><td>${String(data['CurrencyIsoCode'] ?? '')}</td><td>${String(data['ERP_Id__c'] ?? '')}</td></tr>`,
      );
    const content = html`<h1>Accounts</h1><p class="sub">Clients of the demo firm</p><section><table><thead><tr><th>Name</th><th>Industry</th><th>Seat</th><th>Legal entity</th><th>Currency</th><th>ERP id</th></tr></thead><tbody>${rows}</tbody></table></section>`;
    response.type('html').send(page({ ...look, title: 'Accounts', content }));
  });

  // The addresses that links of other programs use.
  app.get('/lightning/r/:object/:id/view', (request, response) => {
    const { object, id } = request.params;
    response.redirect(object === 'Opportunity' ? `/deals/${encodeURIComponent(id)}` : '/accounts');
  });

  app.get('/deals/:id', (request, response, next) => {
    const deal = store.get('Opportunity', request.params.id);
    if (!deal) return next();
    const lines = store.find('OpportunityLineItem', 'OpportunityId', deal.id);
    const notice = { saved: 'Saved.', won: 'Marked as closed won. The change event is on its way.' }[
      queryOf(request).get('notice') ?? ''
    ];
    const content = dealPage(deal, accountName(deal), lines, notice ?? null, queryOf(request).get('problem'));
    response.type('html').send(page({ ...look, title: String(deal.data['Name']), content }));
  });

  const change = (request: Request, fields: JsonObject): string => {
    const id = String(request.params['id']);
    try {
      updateRecord(org, objectNamed('Opportunity'), id, fields, originOf(request, fields));
      return `/deals/${id}?notice=${fields['StageName'] === 'Closed Won' ? 'won' : 'saved'}`;
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      return `/deals/${id}?problem=${encodeURIComponent(error.message)}`;
    }
  };

  app.post('/deals/:id/won', (request, response) => {
    const today = new Date(store.clock()).toISOString().slice(0, 10);
    response.redirect(303, change(request, { StageName: 'Closed Won', CloseDate: today }));
  });

  app.post('/deals/:id/stage', (request, response) => {
    response.redirect(303, change(request, { StageName: asObject(readBody(request))['stage'] ?? null }));
  });

  app.post('/deals/:id', (request, response) => {
    const form = asObject(readBody(request));
    const fields: JsonObject = {};
    for (const { name } of editable) if (form[name] !== undefined) fields[name] = form[name] === '' ? null : form[name];
    response.redirect(303, change(request, fields));
  });
}

function dealTable(title: string, deals: readonly StoredRecord[], accountName: (deal: StoredRecord) => string): Html {
  if (deals.length === 0) return html`<section><h2>${title}</h2><p class="empty">No deal matches.</p></section>`;
  return html`<section><h2>${title}</h2><table><thead><tr><th>Deal</th><th>Client</th><th>Contract type</th><th>Stage</th><th>Close date</th><th class="num">Amount</th><th>Data</th></tr></thead><tbody>${deals.map(
    (deal) => {
      const { data } = deal;
      const missing = needed.filter((name) => data[name] === undefined);
      return html`<tr><td><a href="/deals/${deal.id}">${String(data['Name'])}</a></td><td>${accountName(deal)}</td><td>${String(data['Contract_Type__c'] ?? '')}</td>
<td><span class="pill ${data['IsWon'] === true ? 'ok' : ''}">${String(data['StageName'])}</span></td><td class="date">${String(data['CloseDate'])}</td><td class="num">${amountOf(deal)}</td>
<td>${missing.length === 0 ? html`<span class="pill ok">Complete</span>` : html`<span class="pill warn">${missing.map(labelOf).join(', ')} missing</span>`}</td></tr>`;
    },
  )}</tbody></table></section>`;
}

function dealPage(
  deal: StoredRecord,
  account: string,
  lines: readonly StoredRecord[],
  notice: string | null,
  problem: string | null,
): Html {
  const { data } = deal;
  const isWon = data['IsWon'] === true;
  const currency = String(data['CurrencyIsoCode'] ?? '');
  const now = stages.findIndex((stage) => stage.name === data['StageName']);
  const path = stages.filter((stage) => stage.name !== 'Closed Lost' || data['StageName'] === 'Closed Lost');
  return html`<div class="bar"><div><h1>${String(data['Name'])}</h1><p class="sub" style="margin:0">${account} · ${amountOf(deal)} · closes ${String(data['CloseDate'])}</p></div>
<div class="end">${isWon ? html`<span class="pill ok">Closed won</span>` : html`<form method="post" action="/deals/${deal.id}/won"><button class="primary">Mark as closed won</button></form>`}</div></div>
${notice ? html`<p role="status"><span class="pill ok">${notice}</span></p>` : ''}${problem ? html`<p role="alert"><span class="pill warn">${problem}</span></p>` : ''}
<ol class="path" aria-label="Stage">${path.map((stage) => {
    const at = stages.indexOf(stage);
    return html`<li class="${at === now ? 'now' : at < now ? 'done' : ''}" aria-current="${at === now ? 'step' : 'false'}">${stage.name}</li>`;
  })}</ol>
<section><h2>Deal data</h2><form method="post" action="/deals/${deal.id}"><div class="fields">${editable.map((field) => fieldInput(field, data))}</div>
<p style="margin:16px 0 0"><button>Save</button></p></form></section>
<section><h2>Products</h2><table><thead><tr><th>Product</th><th>Description</th><th>Service date</th><th class="num">Quantity</th><th class="num">Price</th><th class="num">Total</th></tr></thead><tbody>${lines.map(({ data: line }) => html`<tr><td>${String(line['ProductCode'] ?? '')}</td><td>${String(line['Description'] ?? line['Name'] ?? '')}</td><td>${String(line['ServiceDate'] ?? '')}</td><td class="num">${String(line['Quantity'])}</td><td class="num">${money(Number(line['UnitPrice']), currency)}</td><td class="num">${money(Number(line['TotalPrice']), currency)}</td></tr>`)}</tbody></table></section>
<section><h2>Details</h2><dl class="fields">${[
    ['Record id', deal.id],
    ['Probability', `${String(data['Probability'] ?? 0)} %`],
    ['Next step', data['NextStep'] ?? '—'],
    ['PSA project', data['PSA_Project_Id__c'] ?? '—'],
    ['ERP project', data['ERP_Project_Id__c'] ?? '—'],
    ['Integration status', data['Integration_Status__c'] ?? '—'],
  ].map(([label, value]) => html`<div><dt>${String(label)}</dt><dd>${String(value)}</dd></div>`)}</dl></section>`;
}

function fieldInput({ name, label, values, type }: (typeof editable)[number], data: JsonObject): Html {
  const value = String(data[name] ?? '');
  const mark =
    value === '' && needed.includes(name)
      ? html` <span class="pill warn" style="display:inline-block">missing</span>`
      : '';
  const control = values
    ? html`<select name="${name}"><option value="">—</option>${values.map((one) => html`<option ${one === value ? 'selected' : ''}>${one}</option>`)}</select>`
    : html`<input name="${name}" type="${type ?? 'text'}" value="${value}">`;
  return html`<label><span>${label}${mark}</span>${control}</label>`;
}

function amountOf({ data }: StoredRecord): string {
  return money(Number(data['Amount'] ?? 0), String(data['CurrencyIsoCode'] ?? ''));
}

function labelOf(name: string): string {
  return editable.find((field) => field.name === name)?.label ?? name;
}

function byCloseDate(a: StoredRecord, b: StoredRecord): number {
  return String(a.data['CloseDate']).localeCompare(String(b.data['CloseDate']));
}
