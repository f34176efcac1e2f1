import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { useAllCommands } from './commands.ts';

/** All shortcuts of the current view, by group. */
export function ShortcutSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const commands = useAllCommands().filter((command) => command.shortcuts?.length);
  const groups = Map.groupBy(commands, (command) => command.group);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width={860}>
      <div className="shortcuts">
        {[...groups].map(([group, members]) => (
          <section key={group}>
            <h3 className="label-caps">{group}</h3>
            <dl>
              {members.map((command) => (
                <div key={command.id}>
                  <dt>{command.label}</dt>
                  <dd>
                    {command.shortcuts?.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
