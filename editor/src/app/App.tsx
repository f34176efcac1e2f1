import { useEffect } from 'react';
import { useSession } from '../api/session.ts';
import { closeLiveSocket, liveSocket } from '../api/socket.ts';
import { SignInPage } from '../screens/SignInPage.tsx';
import { ErrorState } from '../ui/States.tsx';
import { AppFrame } from './AppFrame.tsx';
import { LogoMark } from './Logo.tsx';
import { usePath } from './router.tsx';

/** The session gate: sign-in page or frame, never a flash of the wrong one. */
export function App() {
  const session = useSession();
  const path = usePath();
  const userId = session.data?.user.id;
  useEffect(() => {
    if (!userId) return;
    liveSocket();
    return closeLiveSocket;
  }, [userId]);

  if (session.isPending)
    return (
      <div className="boot" role="status" aria-label="Loading Waybill">
        <LogoMark size={40} />
      </div>
    );
  if (session.error && !session.data)
    return (
      <main className="boot">
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  if (!session.data || path === '/sign-in') return <SignInPage />;
  return <AppFrame />;
}
