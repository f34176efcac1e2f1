/** A look into the account for people: projects with their tasks, team, time and milestones. */
import type { Express } from 'express';
import { type Html, html, money, page } from '../kernel/html.ts';
import type { RecordStore, StoredRecord } from '../kernel/record-store.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';
import { collectionNamed } from './collections.ts';
import { subjectRows } from './envelope.ts';

const look = { brand: 'Kantata OX · simulated', accent: '#5a3e9b' };

export function mountPages(app: Express, { store }: SimulatorContext) {
  app.get('/', (_request, response) => {
    const projects = store.list('workspaces').toReversed();
    const content = html`<h1>Projects</h1><p class="sub">${projects.length} projects in the simulated account, newest first.</p>
${projects.map((project) => projectSection(store, project))}`;
    response.type('html').send(page({ ...look, title: 'Projects', content }));
  });

  // The address that links of other programs use.
  app.get('/workspaces/:id', (request, response, next) => {
    const project = store.get('workspaces', request.params.id);
    if (!project) return next();
    const title = String(project.data['title'] ?? project.id);
    response.type('html').send(page({ ...look, title, content: projectSection(store, project) }));
  });
}

function projectSection(store: RecordStore, project: StoredRecord): Html {
  const { data } = project;
  const groups = Array.isArray(data['workspace_group_ids']) ? data['workspace_group_ids'] : [];
  const clientNames = groups
    .map((id) => String(store.get('workspace_groups', String(id))?.data['name'] ?? id))
    .join(', ');
  const currency = String(data['currency'] ?? '');
  const card = store.get('rate_cards', String(data['rate_card_id'] ?? ''))?.data['title'];
  const tasks = store.find('stories', 'workspace_id', project.id);
  const milestones = store.find('billing_milestones', 'workspace_id', project.id);
  const references = subjectRows(store, 'external_references', collectionNamed('workspaces')!, project.id);
  return html`<section><div class="bar"><h2 style="margin:0">${String(data['title'])}</h2><span class="pill">${String(data['status_message'] ?? '')}</span>
<span class="end">${data['price_in_cents'] ? money(Number(data['price_in_cents']) / 100, currency) : currency}</span></div>
<dl class="fields"><div><dt>Client</dt><dd>${clientNames || '—'}</dd></div><div><dt>Dates</dt><dd>${String(data['start_date'] ?? '—')} to ${String(data['due_date'] ?? '—')}</dd></div>
<div><dt>Rate card</dt><dd>${card === undefined ? '—' : String(card)}</dd></div><div><dt>External references</dt><dd>${references.map(({ data: row }) => `${row['service_name']} ${row['service_model_ref']}`).join(', ') || '—'}</dd></div></dl>
${tasks.length === 0 ? html`<p class="empty">No tasks yet.</p>` : html`<table><thead><tr><th>Task</th><th>Type</th><th>State</th><th class="num">Estimate</th></tr></thead><tbody>${tasks.map(taskRow)}</tbody></table>`}
${milestones.length === 0 ? '' : html`<table><thead><tr><th>Billing milestone</th><th>Due</th><th class="num">Amount</th></tr></thead><tbody>${milestones.map((row) => milestoneRow(row, currency))}</tbody></table>`}</section>`;
}

function taskRow({ data }: StoredRecord): Html {
  const minutes = Number(data['time_estimate_in_minutes'] ?? 0);
  return html`<tr><td>${String(data['title'])}</td><td>${String(data['story_type'])}</td><td>${String(data['state'] ?? '')}</td><td class="num">${minutes > 0 ? `${Math.round(minutes / 60)} h` : '—'}</td></tr>`;
}

function milestoneRow({ data }: StoredRecord, currency: string): Html {
  const amount = money(Number(data['amount_in_cents'] ?? 0) / 100, String(data['currency'] ?? currency));
  return html`<tr><td>${String(data['title'])}</td><td>${String(data['due_date'] ?? '')}</td><td class="num">${amount}</td></tr>`;
}
