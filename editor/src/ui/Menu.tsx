import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './Kbd.tsx';

export type MenuEntry =
  | { label: string; perform: () => void; icon?: LucideIcon; shortcut?: string; danger?: boolean; disabled?: boolean }
  | 'rule'
  | { heading: string };

interface MenuProps {
  entries: readonly MenuEntry[];
  align?: 'start' | 'end';
  side?: 'top' | 'right' | 'bottom';
  children: ReactElement;
}

/** A menu on a button. */
export function Menu({ entries, align = 'end', side = 'bottom', children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} side={side} sideOffset={4} collisionPadding={8}>
          {entries.map((entry, index) => {
            // Entries are fixed for the life of an open menu, so their place is their identity.
            const key = `${index}`;
            if (entry === 'rule') return <DropdownMenu.Separator key={key} className="menu__rule" />;
            if ('heading' in entry)
              return (
                <DropdownMenu.Label key={key} className="menu__label label-caps">
                  {entry.heading}
                </DropdownMenu.Label>
              );
            const Icon = entry.icon;
            return (
              <DropdownMenu.Item
                key={key}
                className={classNames('menu__item', entry.danger && 'menu__item--danger')}
                disabled={entry.disabled ?? false}
                onSelect={entry.perform}
              >
                {Icon && <Icon size={15} aria-hidden />}
                {entry.label}
                {entry.shortcut && <Kbd keys={entry.shortcut} />}
              </DropdownMenu.Item>
            );
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
