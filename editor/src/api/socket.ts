import type { ClientToServer, ServerToClient } from '@waybill/api-contract';
import { socketPath } from '@waybill/api-contract';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { create } from 'zustand';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

interface ConnectionState {
  /** `connecting` until the first contact; `lost` after one was lost. */
  state: 'connecting' | 'open' | 'lost';
}

/** Whether news from the server arrives; the frame shows a banner when it does not. */
export const useConnectionState = create<ConnectionState>(() => ({ state: 'connecting' }));

let socket: LiveSocket | null = null;

/** The page's one socket, opened on first use. It reconnects by itself; watchers resubscribe on `connect`. */
export function liveSocket(): LiveSocket {
  if (socket) return socket;
  socket = io({ path: socketPath, withCredentials: true, reconnectionDelayMax: 5_000 });
  socket.on('connect', () => useConnectionState.setState({ state: 'open' }));
  socket.on('disconnect', () => useConnectionState.setState({ state: 'lost' }));
  socket.on('connect_error', () => useConnectionState.setState({ state: 'lost' }));
  return socket;
}

/** After sign-out: the next user's socket signs in anew. */
export function closeLiveSocket(): void {
  socket?.disconnect();
  socket = null;
  useConnectionState.setState({ state: 'connecting' });
}
