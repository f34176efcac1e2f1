import type { Delivery } from '@waybill/api-contract';
import { Mail, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { usePages } from '../use-pages.ts';
import { stateLooks } from './notification-words.ts';

const whose = [
  { value: 'me', label: 'To me' },
  { value: 'everybody', label: 'To everybody' },
] as const;
const states = [
  { value: 'all', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'failed', label: 'Not sent' },
] as const;

/** What was sent lately, what waits, and what could not be sent and why. */
export function DeliveryList() {
  const may = useMay();
  const [of, setOf] = useState<(typeof whose)[number]['value']>('me');
  const [state, setState] = useState<(typeof states)[number]['value']>('all');
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const query = { of, limit: 50, ...(state === 'all' ? {} : { state }) };
  const pages = usePages(['listDeliveries', of, state], (cursor) =>
    api('listDeliveries', { query: { ...query, ...(cursor === undefined ? {} : { cursor }) } }),
  );
  const again = async (act: () => Promise<{ again: number }>) => {
    setBusy(true);
    try {
      const done = await act();
      await queryClient.invalidateQueries({ queryKey: ['listDeliveries'] });
      await queryClient.invalidateQueries({ queryKey: ['getDeliveryHealth'] });
      toast(done.again === 0 ? 'Nothing is left that was not sent.' : `On its way: ${done.again}.`);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const everythingAgain: Question = {
    title: 'Send everything again that was not sent?',
    about: 'Each message goes to its reader once more, also those that were refused. Correct the way out first.',
    confirm: 'Send all again',
    perform: () => again(() => api('resendFailed', {})),
  };
  const matching = (items: readonly Delivery[]) =>
    items.filter((item) => `${item.title} ${item.readerName}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <section className="stack" aria-labelledby="notifications-sent">
      <h2 id="notifications-sent">Recent messages</h2>
      <div className="toolbar">
        <SearchBox label="Search messages" value={text} onChange={setText} />
        <Segments label="State" value={state} options={states} onChange={setState} />
        {may('notifications.manage') && <Segments label="Whose" value={of} options={whose} onChange={setOf} />}
        {may('notifications.manage') && of === 'everybody' && state === 'failed' && (
          <Button icon={RotateCw} disabled={busy} onClick={() => setQuestion(everythingAgain)}>
            Send all again
          </Button>
        )}
      </div>
      <div className="sheet">
        <ListState
          query={pages}
          isEmpty={(items) => matching(items).length === 0}
          empty={
            <EmptyState icon={Mail} title={text ? 'No message matches' : 'No messages'}>
              {text ? 'Try fewer letters.' : 'What is sent by mail or chat is listed here for 30 days.'}
            </EmptyState>
          }
        >
          {(items) => (
            <table className="table">
              <thead>
                <tr>
                  <th>About</th>
                  <th>To</th>
                  <th>When</th>
                  <th>State</th>
                </tr>
              </thead>
              <tbody>
                {matching(items).map((item) => (
                  <tr key={item.id}>
                    <td>
                      <Link href={item.link}>{item.title}</Link>
                    </td>
                    <td>
                      {item.readerName} <span className="muted">by {item.medium}</span>
                    </td>
                    <td>
                      <RelativeTime at={item.settledAt ?? item.createdAt} />
                    </td>
                    <td>
                      <Badge tone={stateLooks[item.state].tone} dot>
                        {stateLooks[item.state].label}
                      </Badge>
                      {item.error && item.state !== 'sent' && <div className="muted">{item.error}</div>}
                      {item.state === 'failed' && may('notifications.manage') && (
                        <Button
                          small
                          icon={RotateCw}
                          disabled={busy}
                          aria-label={`Send “${item.title}” again to ${item.readerName}`}
                          onClick={() => void again(() => api('resendDelivery', { params: { deliveryId: item.id } }))}
                        >
                          Send again
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      <Confirm question={question} onClose={() => setQuestion(null)} />
      {pages.hasMore && (
        <div className="list-more">
          <Button onClick={pages.loadMore} disabled={pages.loadingMore}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
