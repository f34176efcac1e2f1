import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useConnectionState } from '../api/socket.ts';

const PATIENCE_MS = 2_500;

/** Says that live news has stopped, once it has been gone long enough to matter. */
export function ConnectionBanner() {
  const state = useConnectionState((connection) => connection.state);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (state !== 'lost') return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div className="connection" role="status" data-shown={shown}>
      {shown && (
        <>
          <WifiOff size={14} aria-hidden />
          No live connection to Waybill. What you see may be out of date; reconnecting…
        </>
      )}
    </div>
  );
}
