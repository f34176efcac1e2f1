import { useEffect } from 'react';
import { create } from 'zustand';

/** The name of what the screen shows, for the breadcrumb and the browser's tab; null: the screen's own title. */
export const useCrumbStore = create<{ name: string | null }>(() => ({ name: null }));

/** Names what is on screen while the component is shown. */
export function useCrumb(name: string): void {
  useEffect(() => {
    useCrumbStore.setState({ name });
    return () => useCrumbStore.setState((state) => (state.name === name ? { name: null } : state));
  }, [name]);
}
