import { create } from 'zustand';
import { wordsOf } from '../api/problem-words.ts';

export interface Toast {
  id: number;
  text: string;
  tone?: 'failed';
  action?: { label: string; perform: () => void };
}

interface ToastState {
  toasts: readonly Toast[];
  dismiss: (id: number) => void;
}

/** Short messages at the bottom of the page; session only. */
export const useToasts = create<ToastState>((set) => ({
  toasts: [],
  dismiss: (id) => set((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })),
}));

const SHOWN_MS = 7_000;
let lastId = 0;

/** Says something briefly; with `action` (for example Undo) it stays long enough to be used. */
export function toast(text: string, options: Omit<Toast, 'id' | 'text'> = {}): void {
  const id = ++lastId;
  useToasts.setState((state) => ({ toasts: [...state.toasts.slice(-2), { id, text, ...options }] }));
  setTimeout(() => useToasts.getState().dismiss(id), SHOWN_MS);
}

/** Tells of a failed action: what happened and what to do. */
export function toastError(error: unknown): void {
  const { what, fix } = wordsOf(error);
  toast(`${what} ${fix}`, { tone: 'failed' });
}
