import type { ClientToServer, ServerToClient } from '@waybill/api-contract';
import { socketPath } from '@waybill/api-contract';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { create } from 'zustand';
import { meKey, queryClient } from './client.ts';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

interface ConnectionState {
  /** `connecting` until the first contact; `lost` after one was lost. */
  state: 'connecting' | 'open' | 'lost';
}

/** Whether news from the server arrives; the frame shows a banner when it does not. */
export const useConnectionState = create<ConnectionState>(() => ({ state: 'connecting' }));

/** All pages of a stopped server come back at about the same time, so each waits up to twice this. */
const returnAfterMs = 1_000;

let socket: LiveSocket | null = null;

/**
 * Connects again where socket.io would not: when the server ended the connection (it stops, or the rights of the person
 * have changed) or refused it (its store did not answer, or the session is over).
 */
function comeBack(lost: LiveSocket): void {
  setTimeout(
    () => {
      if (lost !== socket || lost.active) return;
      // Tells of new rights, or that nobody is signed in any more; then the page closes its socket.
      void queryClient.invalidateQueries({ queryKey: meKey });
      lost.connect();
    },
    returnAfterMs * (1 + Math.random()),
  );
}

/** The page's one socket, opened on first use. It comes back by itself; watchers resubscribe on `connect`. */
export function liveSocket(): LiveSocket {
  if (socket) return socket;
  const opened: LiveSocket = io({ path: socketPath, withCredentials: true, reconnectionDelayMax: 5_000 });
  socket = opened;
  const lost = () => {
    useConnectionState.setState({ state: 'lost' });
    if (!opened.active) comeBack(opened);
  };
  opened.on('connect', () => useConnectionState.setState({ state: 'open' }));
  opened.on('disconnect', lost);
  opened.on('connect_error', lost);
  return opened;
}

/** After sign-out: the next user's socket signs in anew. */
export function closeLiveSocket(): void {
  const closed = socket;
  socket = null;
  closed?.disconnect();
  useConnectionState.setState({ state: 'connecting' });
}
