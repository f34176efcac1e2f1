import { useMay } from '../../api/session.ts';
import { useSearch } from '../../app/router.tsx';
import { Page } from '../../ui/Page.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { RoutingPanel } from '../exceptions/RoutingPanel.tsx';
import { NotificationsPanel } from '../notifications/NotificationsPanel.tsx';
import { AboutPanel } from './AboutPanel.tsx';
import { AccountPanel } from './AccountPanel.tsx';
import { KeysPanel } from './KeysPanel.tsx';
import './settings.css';
import { UsersPanel } from './UsersPanel.tsx';

const panels = {
  users: UsersPanel,
  keys: KeysPanel,
  routing: RoutingPanel,
  notifications: NotificationsPanel,
  account: AccountPanel,
  about: AboutPanel,
};
type PanelName = keyof typeof panels;

export default function SettingsScreen() {
  const may = useMay();
  const [search, setSearch] = useSearch();
  const tabs: { value: PanelName; label: string }[] = [
    ...(may('users.manage') ? [{ value: 'users' as const, label: 'Users' }] : []),
    ...(may('keys.manage') ? [{ value: 'keys' as const, label: 'API keys' }] : []),
    ...(may('tasks.read') ? [{ value: 'routing' as const, label: 'Exception routing' }] : []),
    { value: 'notifications', label: 'Notifications' },
    { value: 'account', label: 'Your account' },
    { value: 'about', label: 'About' },
  ];
  const shown = (tabs.find((tab) => tab.value === search.get('tab')) ?? tabs[0]!).value;
  const Panel = panels[shown];
  return (
    <Page title="Settings" about="Who may do what, and how this installation is doing.">
      <Tabs label="Settings" value={shown} tabs={tabs} onChange={(tab) => setSearch({ tab, q: null })} />
      <Panel />
    </Page>
  );
}
