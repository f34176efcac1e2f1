import { Check, ChevronsUpDown, LogOut } from 'lucide-react';
import { signOut, useMe } from '../api/session.ts';
import { Menu } from '../ui/Menu.tsx';
import { toastError } from '../ui/toasts.ts';
import type { ThemeChoice } from './theme.ts';
import { useTheme } from './theme.ts';

const themes: { choice: ThemeChoice; label: string }[] = [
  { choice: 'system', label: 'Like the system' },
  { choice: 'light', label: 'Light' },
  { choice: 'dark', label: 'Dark' },
];

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part[0]?.toUpperCase() ?? '')
    .join('');

export function UserMenu() {
  const { user } = useMe();
  const theme = useTheme();
  return (
    <Menu
      side="top"
      align="start"
      entries={[
        { heading: 'Theme' },
        ...themes.map(({ choice, label }) => ({
          label,
          perform: () => theme.choose(choice),
          ...(theme.choice === choice ? { icon: Check } : {}),
        })),
        'rule' as const,
        { label: 'Sign out', icon: LogOut, perform: () => void signOut().catch(toastError) },
      ]}
    >
      <button type="button" className="rail__user">
        <span className="avatar" aria-hidden>
          {initialsOf(user.name)}
        </span>
        <span className="rail__who">
          <span className="truncate">{user.name}</span>
          <small className="truncate">{user.roles.join(', ')}</small>
        </span>
        <ChevronsUpDown size={14} aria-hidden />
        <span className="sr-only">User menu</span>
      </button>
    </Menu>
  );
}
