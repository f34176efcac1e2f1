import type { ComponentProps, MouseEvent } from 'react';
import { useMemo, useSyncExternalStore } from 'react';

/** Client-side routing on the history API: one location, `navigate`, `Link`, and search parameters as state. */

const listeners = new Set<() => void>();
const notify = () => {
  for (const listener of listeners) listener();
};
let leaveGuard: (() => boolean) | null = null;

if (typeof window !== 'undefined') window.addEventListener('popstate', notify);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const here = () => window.location.pathname + window.location.search;

/** Goes to a path of this app. `replace` leaves no entry in the history. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === here()) return;
  if (leaveGuard && !options.replace && !leaveGuard()) return;
  if (options.replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  notify();
}

/** Asked before leaving the page within the app; returns the function that lifts the guard. */
export function guardLeaving(mayLeave: () => boolean): () => void {
  leaveGuard = mayLeave;
  return () => {
    if (leaveGuard === mayLeave) leaveGuard = null;
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

/** Search parameters of the address and a setter; filters kept here survive a reload and can be shared. */
export function useSearch(): [URLSearchParams, (changes: Record<string, string | null>) => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const set = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    navigate(window.location.pathname + (next.size > 0 ? `?${next}` : ''), { replace: true });
  };
  return [params, set];
}

export function Link({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
