/** The workspace as the demo finds it: channels, people and one webhook per channel. */
import { mailOf, staff } from '../demo-firm/demo-firm.ts';
import type { RecordStore } from '../kernel/record-store.ts';

export const teamId = 'T0SIM0001';
export const botUserId = 'U0SIMBOT1';

const channels = ['deal-desk', 'delivery', 'finance-ops', 'approvals', 'integration-alerts', 'general'];

export function seedSlack(store: RecordStore) {
  channels.forEach((name, index) => {
    const id = `C0SIM000${index + 1}`;
    store.insert(
      'channel',
      id,
      { name, is_channel: true, is_im: false, is_member: true, is_archived: false, is_private: false },
      null,
    );
    store.insert('webhook', `${teamId}/B0SIM000${index + 1}/sim-hook-${name}`, { channel: id }, null);
  });
  store.insert(
    'channel',
    'C0SIM0008',
    { name: 'board', is_channel: true, is_im: false, is_member: false, is_archived: false, is_private: true },
    null,
  );
  store.insert(
    'channel',
    'C0SIM0009',
    { name: 'old-projects', is_channel: true, is_im: false, is_member: true, is_archived: true, is_private: false },
    null,
  );
  store.insert('webhook', `${teamId}/B0SIM0009/sim-hook-old-projects`, { channel: 'C0SIM0009' }, null);
  staff.forEach((person, index) => {
    store.insert(
      'user',
      `U0SIM${String(index + 1).padStart(4, '0')}`,
      {
        name: `${person.firstName}.${person.lastName}`.toLowerCase(),
        real_name: `${person.firstName} ${person.lastName}`,
        email: mailOf(person),
        title: person.title,
      },
      null,
    );
  });
}
