import { shortcutLabels } from '../app/shortcuts.ts';

/** A shortcut such as `Mod+Shift+P`, drawn the way this computer's keyboard names its keys. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="kbd">
      {shortcutLabels(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
