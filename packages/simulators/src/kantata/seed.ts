/** The account as the demo finds it: people, roles, rate cards, clients and two running projects. */
import { clients, mailOf, rateCards, roles, staff } from '../demo-firm/demo-firm.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import { collectionNamed } from './collections.ts';
import { createRow } from './writes.ts';

/** How many clients are already here; the rest arrive with their first won deal. */
const knownClients = 4;

export function seedKantata(store: RecordStore) {
  const add = (plural: string, id: number, body: JsonObject) => {
    const collection = collectionNamed(plural);
    if (collection) createRow(store, collection, body, null, String(id));
    return String(id);
  };
  const roleIds = new Map(roles.map((role, index) => [role.name, add('roles', 11 + index, { name: role.name })]));
  staff.forEach((person, index) => {
    const roleId = roleIds.get(person.title);
    add('users', 31 + index, {
      full_name: `${person.firstName} ${person.lastName}`,
      email_address: mailOf(person),
      headline: person.title,
      account_id: '1',
      external_reference: person.number,
      is_owner: index === 0,
      ...(roleId ? { role_id: roleId } : {}),
    });
  });
  rateCards.forEach((card, index) => {
    const cardId = add('rate_cards', Number(card.id), {
      title: card.name,
      currency: card.currency,
      default: card.name === 'Standard 2026 EUR',
    });
    const versionId = add('rate_card_versions', 201 + index, { rate_card_id: cardId, effective_date: '2026-01-01' });
    roles.forEach((role, position) => {
      const rate = Math.round(role.rates[card.currency] * card.factor * 100);
      add('rate_card_roles', 300 + index * 10 + position, {
        rate_card_version_id: versionId,
        role_id: roleIds.get(role.name) ?? null,
        rate_in_cents: rate,
        currency: card.currency,
      });
    });
  });
  clients.slice(0, knownClients).forEach((client, index) => {
    add('workspace_groups', 61 + index, {
      name: client.name,
      email: `accounts@${client.domain}`,
      address: `${client.street}, ${client.postalCode} ${client.city}`,
    });
  });
  ['Contract type', 'Legal entity', 'CRM opportunity', 'Project code'].forEach((name, index) => {
    add('custom_fields', 81 + index, { name, subject_type: 'Workspace', value_type: 'string' });
  });
  seedProject(add, 77, 'Altmark ERP stabilisation', '61', 'EUR', '2026-09-01', '2027-02-26', 18_400_000);
  seedProject(add, 78, 'Kestrel claims data platform', '64', 'GBP', '2026-10-05', '2027-04-30', 26_250_000);
}

function seedProject(
  add: (plural: string, id: number, body: JsonObject) => string,
  id: number,
  title: string,
  group: string,
  currency: string,
  start: string,
  due: string,
  priceCents: number,
) {
  const workspace = add('workspaces', id, {
    title,
    creator_role: 'maven',
    currency,
    start_date: start,
    due_date: due,
    budgeted: true,
    price_in_cents: priceCents,
    workspace_group_ids: [group],
    primary_maven_id: '32',
    status_key: 400,
    status_message: 'Active',
  });
  ['Discovery', 'Design', 'Build and migrate', 'Go-live support'].forEach((task, index) => {
    const story = add('stories', id * 10 + index, {
      title: task,
      workspace_id: workspace,
      story_type: 'task',
      time_estimate_in_minutes: (index + 1) * 2_400,
      state: index === 0 ? 'completed' : 'not started',
    });
    if (index > 0) return;
    for (const day of [2, 3, 4]) {
      add('time_entries', id * 10 + day, {
        workspace_id: workspace,
        story_id: story,
        user_id: '33',
        date_performed: `2026-11-0${day}`,
        time_in_minutes: 480,
        billable: true,
        rate_in_cents: 17_500,
        currency,
        notes: 'Discovery workshops',
        approved: day < 4,
      });
    }
  });
}
