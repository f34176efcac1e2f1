import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { DeliveryForm } from './DeliveryForm.tsx';
import { DeliveryHealth } from './DeliveryHealth.tsx';
import { DeliveryList } from './DeliveryList.tsx';
import { MuteList } from './MuteList.tsx';
import { MyPreferences } from './MyPreferences.tsx';

/** What one is told and how; for administrators also the ways it goes. */
export function NotificationsPanel() {
  const may = useMay();
  const mine = useApiQuery('getMyNotifications', {});
  const delivery = useApiQuery('getDeliverySettings', {}, { enabled: may('notifications.manage') });
  if (!mine.data)
    return mine.error ? (
      <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />
    ) : (
      <SkeletonRows rows={8} />
    );
  const { preferences, mutes, reach } = mine.data;
  return (
    <div className="stack">
      <div className="settings-columns">
        <MyPreferences key={JSON.stringify(preferences)} saved={preferences} reach={reach} />
        <div className="stack">
          <MuteList mutes={mutes} />
          {may('notifications.manage') && <DeliveryHealth />}
          {delivery.data && <DeliveryForm key={delivery.data.revision} saved={delivery.data} />}
          {delivery.error && <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />}
        </div>
      </div>
      <DeliveryList />
    </div>
  );
}
