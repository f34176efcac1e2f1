import type { RecordRetryPreview, StreamRecord } from '@waybill/api-contract';

const records = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'record' : 'records'}`;

/** What sending records again does, in words. Pure. */
export function recordRetryWords(
  preview: Pick<RecordRetryPreview, 'count' | 'more' | 'batches' | 'leftAlone' | 'writer'>,
) {
  const { count, more, batches, leftAlone, writer } = preview;
  const system = writer?.connection?.name ?? writer?.connection?.binding;
  const to = system === undefined ? '' : ` to ${system}`;
  const by = writer === null ? '' : ` by “${writer.title}”`;
  const cut = batches > 1 ? `, in ${batches.toLocaleString()} batches` : '';
  return {
    sent: `${records(count)}${to}${by}${cut}.`,
    left:
      leftAlone > 0
        ? `${records(leftAlone)} of this step ${leftAlone === 1 ? 'is' : 'are'} left alone, and nothing after it runs again.`
        : null,
    more: more > 0 ? `${records(more)} more ${more === 1 ? 'was' : 'were'} refused and can be sent after these.` : null,
  };
}

/** What the button says. Pure. @param count 0 while it is not known. */
export const sendWords = (count: number): string =>
  count === 0 ? 'Send records' : count === 1 ? 'Send record' : `Send ${records(count)}`;

/** A record by the name its flow gives it, else by where it stands. Pure. */
export const recordName = ({ key, row }: Pick<StreamRecord, 'key' | 'row'>): string =>
  key === '' || key === String(row) ? `Row ${row.toLocaleString()}` : key;
