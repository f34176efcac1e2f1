/** What arrived in the channels, for people. */
import type { Express } from 'express';
import { type Html, html, page } from '../kernel/html.ts';
import { asObject, type Json } from '../kernel/json.ts';
import type { StoredRecord } from '../kernel/record-store.ts';
import type { SimulatorContext } from '../kernel/simulator.ts';

export function mountPages(app: Express, { store }: SimulatorContext) {
  app.get('/', (_request, response) => {
    const channels = store.list('channel').filter(({ data }) => data['is_archived'] !== true);
    const content = html`<h1>Messages</h1><p class="sub">What flows and people posted to the simulated workspace, newest first.</p>${channels.map(
      (channel) => channelSection(channel, store.find('message', 'channel', channel.id).toReversed().slice(0, 50)),
    )}`;
    response.type('html').send(page({ title: 'Messages', brand: 'Slack · simulated', accent: '#6b2c63', content }));
  });
}

function channelSection(channel: StoredRecord, messages: readonly StoredRecord[]): Html {
  return html`<section><h2># ${String(channel.data['name'])}</h2>${
    messages.length === 0 ? html`<p class="empty">No messages yet.</p>` : messages.map(messageView)
  }</section>`;
}

function messageView({ data, createdAtMs }: StoredRecord): Html {
  const at = new Date(createdAtMs).toISOString().slice(0, 19).replace('T', ' ');
  const edited = data['edited'] === undefined ? '' : ', edited';
  return html`<div class="msg"><small>${String(data['username'] ?? 'waybill')} · ${at} UTC${edited}</small>
${[String(data['text'] ?? ''), ...blockTexts(data['blocks'])].filter(Boolean).join('\n')}</div>`;
}

function blockTexts(blocks: Json | undefined): string[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.map((block) => {
    const { text, fields, elements } = asObject(block);
    const parts = [
      text,
      ...(Array.isArray(fields) ? fields : []),
      ...(Array.isArray(elements) ? elements.map((element) => asObject(element)['text'] ?? null) : []),
    ];
    return parts
      .map((part) => asObject(part)['text'] ?? (typeof part === 'string' ? part : ''))
      .filter(Boolean)
      .join(' · ');
  });
}
