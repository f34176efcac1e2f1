import { Suspense, useEffect, useMemo, useState } from 'react';
import { useMay, useMe } from '../api/session.ts';
import { NotFoundScreen } from '../screens/NotFoundScreen.tsx';
import { EmptyState, SkeletonRows } from '../ui/States.tsx';
import { CommandBar } from './CommandBar.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import type { Command } from './commands.ts';
import { commandFor, useAllCommands, useCommands } from './commands.ts';
import { useLiveNews } from './live-news.ts';
import { NavRail } from './NavRail.tsx';
import { navigate, usePath } from './router.tsx';
import { ScreenBoundary } from './ScreenBoundary.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { screenAt, screens } from './screens.ts';
import { belongsToControl, isTyping } from './shortcuts.ts';
import { TopBar } from './TopBar.tsx';

/** Rail, top bar, the screen of the current path, and what lies over all of them. */
export function AppFrame() {
  const path = usePath();
  const may = useMay();
  const me = useMe();
  const [overlay, setOverlay] = useState<'commands' | 'shortcuts' | null>(null);
  const found = useMemo(() => screenAt(path), [path]);
  useLiveNews();

  useEffect(() => {
    document.title = `${found?.screen.title ?? 'Not found'} · Waybill`;
  }, [found]);

  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'app.commands',
        label: 'Open the command bar',
        group: 'General',
        shortcuts: ['Mod+K'],
        whileTyping: true,
        keyboardOnly: true,
        perform: () => setOverlay('commands'),
      },
      {
        id: 'app.shortcuts',
        label: 'Show keyboard shortcuts',
        group: 'General',
        shortcuts: ['?'],
        perform: () => setOverlay('shortcuts'),
      },
      ...screens
        .filter((screen) => screen.nav && (!screen.permission || me.permissions.includes(screen.permission)))
        .map((screen) => ({
          id: `go.${screen.path}`,
          label: `Go to ${screen.title}`,
          group: 'Navigation',
          ...(screen.nav ? { icon: screen.nav.icon } : {}),
          perform: () => navigate(screen.path),
        })),
    ],
    [me],
  );
  useCommands('frame', commands);
  useKeyboard(overlay !== null);

  const content = () => {
    if (!found) return <NotFoundScreen />;
    const { screen, params } = found;
    if (screen.permission && !may(screen.permission))
      return (
        <EmptyState title="This page is not open to you">
          Your roles do not include “{screen.permission}”. An administrator can add it under Settings, Users.
        </EmptyState>
      );
    const Component = screen.component;
    return <Component params={params} />;
  };

  return (
    <div className="frame">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <NavRail />
      <div className="frame__body">
        <ConnectionBanner />
        {!found?.screen.bare && <TopBar screen={found?.screen ?? null} onCommands={() => setOverlay('commands')} />}
        <main className="frame__main" id="main" tabIndex={-1}>
          <ScreenBoundary key={found?.screen.path ?? 'none'}>
            <Suspense fallback={<SkeletonRows rows={8} />}>{content()}</Suspense>
          </ScreenBoundary>
        </main>
      </div>
      <CommandBar open={overlay === 'commands'} onClose={() => setOverlay(null)} />
      <ShortcutSheet open={overlay === 'shortcuts'} onClose={() => setOverlay(null)} />
    </div>
  );
}

/** Runs the command a key press means. Open dialogs and menus keep the keyboard to themselves. */
function useKeyboard(overlaid: boolean) {
  const commands = useAllCommands();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (overlaid || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]')) return;
      if (belongsToControl(event.target, event)) return;
      const command = commandFor(commands, event, isTyping(event.target));
      if (!command) return;
      event.preventDefault();
      command.perform();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands, overlaid]);
}
