import type { Connection, ConnectionGauge } from '@waybill/api-contract';
import { Gauge } from 'lucide-react';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { useNow } from '../clock.tsx';
import { actLooks } from './act-looks.ts';
import type { ConnectionAct } from './gauge-words.ts';
import { actsFor, allowanceWords, busyNow, rateWords, stateMeaning, stateTones, stateWords } from './gauge-words.ts';
import { Meter } from './Meter.tsx';

const laneTitles = { high: 'High', normal: 'Normal', low: 'Low' } as const;
const lanes = ['high', 'normal', 'low'] as const;

interface TrafficDrawerProps {
  connection: Pick<Connection, 'name' | 'usedByFlows'>;
  gauge: ConnectionGauge | undefined;
  onAct: (act: ConnectionAct) => void;
  onClose: () => void;
}

/** All that is known about calling one system at this moment, and what can be done about it. */
export function TrafficDrawer({ connection, gauge, onAct, onClose }: TrafficDrawerProps) {
  const now = useNow();
  const mayAct = useMay()('connections.act');
  const acts = gauge && mayAct ? actsFor(gauge.state) : [];
  return (
    <Dialog
      open
      as="drawer"
      onClose={onClose}
      title={`Calls to “${connection.name}”`}
      about="One budget for all flows; it follows what the system answers."
      width={500}
      {...(acts.length > 0
        ? {
            foot: acts.map((act) => {
              const { label, icon, reopens } = actLooks[act];
              return (
                <Button key={act} icon={icon} {...(reopens ? { look: 'primary' } : {})} onClick={() => onAct(act)}>
                  {label}
                </Button>
              );
            }),
          }
        : {})}
    >
      {gauge ? (
        <div className="traffic">
          <div className={`callout traffic__state traffic__state--${stateTones[gauge.state.kind]}`} role="status">
            <div>
              <strong>{stateWords(gauge, now)}</strong>
              <p>{stateMeaning(gauge.state)}</p>
            </div>
          </div>
          <AtOnce gauge={gauge} />
          {gauge.rates.map((rate) => (
            <section key={rate.perMs} className="traffic__part">
              <div className="row spread">
                <h3>At most {rateWords(rate)}</h3>
                <span>
                  <strong>{rate.used.toLocaleString()}</strong>
                  <span className="muted"> used</span>
                </span>
              </div>
              <Meter share={Math.min(1, rate.used / rate.count)} />
            </section>
          ))}
          {gauge.allowances.map((allowance) => (
            <section key={allowance.of} className="traffic__part">
              <div className="row spread">
                <h3>{allowanceWords(allowance)}</h3>
                <span>
                  <strong>{allowance.left.toLocaleString()}</strong>
                  <span className="muted"> of {allowance.total.toLocaleString()}</span>
                </span>
              </div>
              <Meter share={Math.max(0, 1 - allowance.left / allowance.total)} />
              <p className="muted">
                As the system said <RelativeTime at={allowance.at} />.
                {allowance.scarce && ' Few are left, so steps begin more slowly: high priority first.'}
              </p>
            </section>
          ))}
          <section className="traffic__part">
            <h3>Steps in line</h3>
            <table className="table traffic__lanes">
              <thead>
                <tr>
                  <th>Priority</th>
                  <th className="num">Waiting</th>
                  <th className="num">Longest</th>
                </tr>
              </thead>
              <tbody>
                {lanes.map((lane) => {
                  const { count, oldestSince } = gauge.waiting[lane];
                  return (
                    <tr key={lane}>
                      <td>{laneTitles[lane]}</td>
                      <td className="num">{count.toLocaleString()}</td>
                      <td className="num muted">
                        {oldestSince === null
                          ? '–'
                          : durationWords(Math.max(0, Math.floor((now - oldestSince) / 1_000) * 1_000))}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            <p className="muted">{asideWords(gauge.parked)} Whoever waits a minute moves up one priority.</p>
          </section>
          <section className="traffic__part row spread">
            <h3>Asked for fewer calls</h3>
            <span>
              <strong>{gauge.throttledLastHour.toLocaleString()}</strong>
              <span className="muted"> {gauge.throttledLastHour === 1 ? 'time' : 'times'} in the last hour</span>
            </span>
          </section>
        </div>
      ) : (
        <EmptyState icon={Gauge} title="Nothing is known yet">
          The connection was added a moment ago, or was deleted meanwhile.
        </EmptyState>
      )}
    </Dialog>
  );
}

function AtOnce({ gauge }: { gauge: ConnectionGauge }) {
  const { limit, fullLimit } = gauge;
  const busy = busyNow(gauge);
  const scale = Math.max(fullLimit ?? limit ?? 0, busy, 1);
  const learned = limit !== null && limit !== fullLimit;
  return (
    <section className="traffic__part">
      <div className="row spread">
        <h3>Calls at once</h3>
        <span>
          <strong>{busy}</strong>
          <span className="muted">{limit === null ? ' · no limit' : ` of ${limit}`}</span>
        </span>
      </div>
      {limit !== null && <Meter share={busy / scale} allowed={limit / scale} />}
      {gauge.toldLimit !== null && <p className="muted">The system says that it takes {gauge.toldLimit} at once.</p>}
      {learned && (
        <p className="muted">
          {fullLimit === null
            ? `No limit is set; it takes ${limit} at once for the time being.`
            : `${fullLimit} are allowed; it takes ${limit} for the time being.`}
        </p>
      )}
    </section>
  );
}

function asideWords(parked: number): string {
  if (parked === 0) return 'No step is set aside.';
  if (parked === 1) return 'One more step is set aside and comes back by itself.';
  return `${parked.toLocaleString()} more steps are set aside and come back by themselves.`;
}
