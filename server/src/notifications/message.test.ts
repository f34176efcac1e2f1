import type { NotificationRecord } from '@waybill/store';
import { AdaptiveCard, SerializationContext, Versions } from 'adaptivecards';
import { expect, it } from 'vitest';
import { slackBody, teamsBody } from './chat-body.ts';
import { mailHtml, mailText } from './mail-body.ts';
import { messageOf } from './message.ts';

const anItem = (changes: Partial<NotificationRecord> = {}): NotificationRecord => ({
  id: 'n',
  medium: 'mail',
  reader: 'u1',
  readerName: 'Anna',
  batch: 'b',
  kind: 'exception-opened',
  taskId: 'ex_1',
  link: '/inbox/ex_1',
  comment: null,
  startedAt: null,
  triedAt: null,
  title: '<b onload="x">Tom & Co</b>',
  lines: ["it's <i>new</i>"],
  fingerprint: 'x',
  createdAt: 1,
  dueAt: 1,
  state: 'waiting',
  messageId: 'm',
  attempts: 0,
  since: null,
  error: null,
  settledAt: null,
  ...changes,
});
const base = 'https://flows.example';

it('links to the task, and never to something that decides', () => {
  const text = mailText(messageOf([anItem()], 1, base));
  expect(text.match(/https:\S+/g)).toEqual([
    `${base}/inbox/ex_1`,
    `${base}/inbox`,
    `${base}/settings?tab=notifications`,
  ]);
});

it('escapes what people wrote, for mail programs and for chat', () => {
  const message = messageOf([anItem()], 1, base);
  expect(mailHtml(message)).toContain('&lt;b onload=&quot;x&quot;&gt;Tom &amp; Co&lt;/b&gt;');
  expect(mailHtml(message)).not.toContain('<i>');
  expect(mailText(message)).toContain('<b onload="x">Tom & Co</b>');
  const slack = JSON.parse(slackBody(message)) as { text: string };
  expect(slack.text.split('\n')[0]).toBe(
    `<${base}/inbox/ex_1|New problem: &lt;b onload="x"&gt;Tom &amp; Co&lt;/b&gt;>`,
  );
});

it('says how many problems have one cause, and lists no more than twenty', () => {
  const items = Array.from({ length: 50 }, (_, index) => anItem({ id: `n${index}`, taskId: `ex_${index}` }));
  const message = messageOf(items, 340, base);
  expect(message.subject).toMatch(/^340 problems with one cause: /);
  expect([message.entries.length, message.more, message.allUrl]).toEqual([20, 320, `${base}/exceptions`]);
  expect(mailText(message)).toContain('and 320 more');
});

it('says how many different things a digest holds', () => {
  const message = messageOf([anItem(), anItem({ fingerprint: null, kind: 'opened', title: 'Approve' })], 2, base);
  expect(message.subject).toBe('2 things since your last summary');
  expect(message.allUrl).toBe(`${base}/inbox`);
});

it('gives Teams a card whose texts are taken as they stand', () => {
  const card = JSON.parse(teamsBody(messageOf([anItem({ title: '[x](http://evil)' })], 1, base)));
  const [attachment] = card.attachments;
  expect([card.type, attachment.contentType]).toEqual(['message', 'application/vnd.microsoft.card.adaptive']);
  expect(attachment.content.body.map((block: { type: string }) => block.type)).toEqual([
    'RichTextBlock',
    'RichTextBlock',
  ]);
  expect(attachment.content.actions).toEqual([
    { type: 'Action.OpenUrl', title: 'Open in Waybill', url: `${base}/inbox/ex_1` },
  ]);
});

/** What Microsoft's own library has to say against a card of the version it names, and texts it would not show. */
function faultsOf(content: { body: object[]; actions: object[] }): string[] {
  const context = new SerializationContext(Versions.v1_4);
  const card = new AdaptiveCard();
  card.parse(content, context);
  const said = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  const invalid = card.validateProperties().validationEvents.map(({ message }) => message);
  const kept = JSON.stringify(card.toJSON(context));
  const texts = [...JSON.stringify(content.body).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => text ?? '');
  return [...said, ...invalid, ...texts.filter((text) => !kept.includes(text))];
}
const cardOf = (body: string) => JSON.parse(body).attachments[0].content as Parameters<typeof faultsOf>[0];
const many = (lineLength: number) =>
  messageOf(
    Array.from({ length: 20 }, (_, index) => anItem({ id: `n${index}`, lines: ['é'.repeat(lineLength), 'Due soon'] })),
    30,
    base,
  );

it('gives Teams cards that the library of their maker takes without a word', () => {
  for (const message of [messageOf([anItem()], 1, base), many(10)])
    expect(faultsOf(cardOf(teamsBody(message)))).toEqual([]);
  const card = cardOf(teamsBody(many(10)));
  expect(faultsOf({ ...card, body: [{ type: 'Paragraph', text: 'no such thing' }] })).not.toEqual([]);
});

it('leaves out what a channel would refuse as too large, and says how much that is', () => {
  const teams = teamsBody(many(1_500));
  expect(Buffer.byteLength(teams)).toBeLessThanOrEqual(28 * 1024);
  expect(teams).toMatch(/and 2\d more/);
  const slack = slackBody(many(3_000));
  expect(slack.length).toBeLessThanOrEqual(40_000);
  expect(slack).toMatch(/and 1\d more/);
  expect(slackBody(many(10))).toContain('and 10 more');
});
