import { FastForward, Pin, PinOff, Play, StepForward } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { Command } from '../../app/commands.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { useEditor } from '../state/editor-store.ts';

const sections = [
  ['step.run-up-to', 'step.run-only', 'step.run-from'],
  ['step.open', 'step.rename', 'step.pin', 'step.disable'],
  ['edit.copy', 'edit.duplicate', 'step.group', 'step.ungroup', 'step.fold'],
  ['edit.delete', 'edit.delete-reconnect'],
];

/** What can be done with the selection, where the pointer is. */
export function StepMenu({
  at,
  commands,
  onClose,
}: {
  at: { x: number; y: number };
  commands: readonly Command[];
  onClose: () => void;
}) {
  const offered = sections
    .map((ids) =>
      ids.flatMap((id) => commands.find((command) => command.id === id && (command.enabled?.() ?? true)) ?? []),
    )
    .filter((section) => section.length > 0);
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className="step-menu__at" style={{ left: at.x, top: at.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" side="bottom" collisionPadding={8}>
          {offered.map((section, index) => (
            <DropdownMenu.Group key={section[0]?.id}>
              {index > 0 && <DropdownMenu.Separator className="menu__rule" />}
              {section.map(({ id, label, icon: Icon, shortcuts, perform }) => (
                <DropdownMenu.Item
                  key={id}
                  className={`menu__item ${id === 'edit.delete' ? 'menu__item--danger' : ''}`}
                  onSelect={perform}
                >
                  {Icon ? <Icon size={15} aria-hidden /> : <span className="menu__gap" />}
                  {label}
                  {shortcuts?.[0] && <Kbd keys={shortcuts[0]} />}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Ways to run the one selected step, right over it. */
export function StepTools({ id, commands }: { id: string; commands: readonly Command[] }) {
  const pinned = useEditor((state) => Object.hasOwn(state.flow.pins, id));
  const tools = [
    ['step.run-up-to', 'Run to here', StepForward],
    ['step.run-only', 'Run only this step', Play],
    ['step.run-from', 'Run from here', FastForward],
    ['step.pin', pinned ? 'Unpin the output' : 'Pin the output', pinned ? PinOff : Pin],
  ] as const;
  return (
    <div className="step-tools nodrag nopan" role="toolbar" aria-label="Try this step">
      {tools.map(([command, label, icon]) => {
        const found = commands.find((each) => each.id === command);
        if (!found || !(found.enabled?.() ?? true)) return null;
        return (
          <IconButton
            key={command}
            label={label}
            shortcut={found.shortcuts?.[0] ?? ''}
            icon={icon}
            small
            onClick={() => found.perform()}
          />
        );
      })}
    </div>
  );
}
