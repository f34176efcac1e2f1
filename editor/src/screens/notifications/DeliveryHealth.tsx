import { Send } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { Badge } from '../../ui/Badge.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { wayLooks } from './notification-words.ts';

const refreshMs = 30_000;

/** Whether messages get out, way by way, and where the links in them lead. */
export function DeliveryHealth() {
  const health = useApiQuery('getDeliveryHealth', {}, { refetchInterval: refreshMs });
  const links = health.data?.links;
  return (
    <section className="sheet sheet--pad stack" aria-labelledby="notifications-health">
      <h2 id="notifications-health">Whether messages get out</h2>
      {links && !links.isSet && (
        <p className="callout callout--waiting" role="status">
          <span>
            Links in messages lead to <code>{links.baseUrl}</code>, which is of use on this machine only. Whoever runs
            this server sets the address people use in WAYBILL_PUBLIC_URL.
          </span>
        </p>
      )}
      <ListState
        query={health}
        isEmpty={({ ways }) => ways.length === 0}
        empty={
          <EmptyState icon={Send} title="No way out yet">
            Set a mail server or a chat channel below.
          </EmptyState>
        }
      >
        {({ ways }) => (
          <table className="table table--plain">
            <thead>
              <tr>
                <th>Way</th>
                <th>State</th>
              </tr>
            </thead>
            <tbody>
              {ways.map((way) => (
                <tr key={way.id}>
                  <td>
                    <strong>{way.name}</strong>
                    {way.state === 'failing' && way.lastProblem && (
                      <div>
                        {way.lastProblem.what}{' '}
                        <span className="muted">
                          Last tried <RelativeTime at={way.lastProblem.at} />.
                        </span>
                      </div>
                    )}
                    <div className="muted">
                      Last sent {way.lastSentAt === null ? 'never' : <RelativeTime at={way.lastSentAt} />} ·{' '}
                      {way.waiting} waiting
                      {way.waitingSince !== null && (
                        <>
                          {' '}
                          since <RelativeTime at={way.waitingSince} />
                        </>
                      )}{' '}
                      · {way.failed} not sent
                    </div>
                  </td>
                  <td>
                    <Badge tone={wayLooks[way.state].tone} dot>
                      {wayLooks[way.state].label}
                    </Badge>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListState>
    </section>
  );
}
