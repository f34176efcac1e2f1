import { ChevronRight, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import { useCrumbStore } from './crumb.ts';
import { Link } from './router.tsx';
import type { Screen } from './screens.ts';
import { screens } from './screens.ts';

function Breadcrumbs({ trail }: { trail: { label: ReactNode; href?: string }[] }) {
  return (
    <nav aria-label="Breadcrumb" className="crumbs">
      <ol>
        {trail.map((part, index) => (
          <li key={part.href ?? `here-${index}`}>
            {index > 0 && <ChevronRight size={13} aria-hidden />}
            {part.href ? <Link href={part.href}>{part.label}</Link> : <span aria-current="page">{part.label}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Where one is, and the door to the command bar. */
export function TopBar({ screen, onCommands }: { screen: Screen | null; onCommands: () => void }) {
  const name = useCrumbStore((state) => state.name);
  const parent = screens.find((other) => other.path === screen?.parent);
  return (
    <header className="topbar">
      <Breadcrumbs
        trail={[
          ...(parent ? [{ label: parent.title, href: parent.path }] : []),
          { label: (screen?.parent && name) || (screen?.title ?? 'Not found') },
        ]}
      />
      <button type="button" className="topbar__commands" onClick={onCommands}>
        <Search size={14} aria-hidden />
        <span>Search or do anything</span>
        <Kbd keys="Mod+K" />
      </button>
    </header>
  );
}
