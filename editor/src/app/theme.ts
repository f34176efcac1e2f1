import { create } from 'zustand';

export type ThemeChoice = 'system' | 'light' | 'dark';
const KEY = 'waybill.theme';

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
const stored = (): ThemeChoice => {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
};
const resolve = (choice: ThemeChoice): 'light' | 'dark' =>
  choice === 'system' ? (prefersDark.matches ? 'dark' : 'light') : choice;

interface ThemeState {
  choice: ThemeChoice;
  shown: 'light' | 'dark';
  choose: (choice: ThemeChoice) => void;
}

/** Light, dark or as the system says; kept in this browser. */
export const useTheme = create<ThemeState>((set) => ({
  choice: stored(),
  shown: resolve(stored()),
  choose: (choice) => {
    localStorage.setItem(KEY, choice);
    set({ choice, shown: resolve(choice) });
  },
}));

const paint = () => {
  document.documentElement.dataset['theme'] = useTheme.getState().shown;
};
useTheme.subscribe(paint);
prefersDark.addEventListener('change', () => useTheme.setState((state) => ({ shown: resolve(state.choice) })));
paint();
