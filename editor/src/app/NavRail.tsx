import { useApiQuery } from '../api/queries.ts';
import { useMay, useMe } from '../api/session.ts';
import { Badge } from '../ui/Badge.tsx';
import { Wordmark } from './Logo.tsx';
import { Link, usePath } from './router.tsx';
import type { Screen } from './screens.ts';
import { screens } from './screens.ts';
import { UserMenu } from './UserMenu.tsx';

function TaskCount() {
  const counts = useApiQuery('countTasks', {}, { refetchInterval: 60_000 });
  const waiting = counts.data?.waiting ?? 0;
  return waiting > 0 ? (
    <span className="rail__count" role="status" aria-label={`${waiting} open`}>
      {waiting > 99 ? '99+' : waiting}
    </span>
  ) : null;
}

function ExceptionCount() {
  const counts = useApiQuery('countExceptions', { query: {} }, { refetchInterval: 60_000 });
  const open = counts.data?.open ?? 0;
  return open > 0 ? (
    <span className="rail__count" role="status" aria-label={`${open} open`}>
      {open > 99 ? '99+' : open}
    </span>
  ) : null;
}

export function NavRail() {
  const path = usePath();
  const may = useMay();
  const { workspace } = useMe();
  const shown = screens.filter((screen) => screen.nav && (!screen.permission || may(screen.permission)));
  const item = (screen: Screen) => {
    const Icon = screen.nav!.icon;
    const active = path === screen.path || path.startsWith(`${screen.path}/`);
    return (
      <li key={screen.path}>
        <Link className="rail__item" href={screen.path} aria-current={active ? 'page' : undefined}>
          <Icon size={17} aria-hidden />
          <span>{screen.title}</span>
          {screen.nav?.count === 'tasks' && <TaskCount />}
          {screen.nav?.count === 'exceptions' && <ExceptionCount />}
        </Link>
      </li>
    );
  };
  return (
    <nav className="rail" aria-label="Main">
      <Link href="/" className="rail__home" aria-label="Waybill, home">
        <Wordmark />
      </Link>
      <div className="rail__place">
        <span className="truncate" title={workspace.name}>
          {workspace.name}
        </span>
        <Badge tone={workspace.environment === 'prod' ? 'failed' : 'accent'}>{workspace.environment}</Badge>
      </div>
      <ul>{shown.filter((screen) => screen.nav?.group === 'work').map(item)}</ul>
      <ul className="rail__setup">{shown.filter((screen) => screen.nav?.group === 'setup').map(item)}</ul>
      <UserMenu />
    </nav>
  );
}
