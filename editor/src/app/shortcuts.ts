/** Shortcuts as text (`Mod+Shift+P`): parsed, compared with key events, and put into words. Pure. */

export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const onMac = (): boolean => typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const aliases: Record<string, string> = { Space: ' ', Plus: '+', Esc: 'Escape', Del: 'Delete' };

/** `Mod` is Command on a Mac and Ctrl elsewhere. Letters compare by key, so any keyboard layout works. */
export function matchesShortcut(shortcut: string, press: KeyPress, mac = onMac()): boolean {
  const parts = shortcut.split('+');
  const wanted = parts.at(-1) ?? '';
  const has = (name: string) => parts.slice(0, -1).includes(name);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (mod !== has('Mod') || otherMod) return false;
  if (press.altKey !== has('Alt')) return false;
  const key = aliases[wanted] ?? wanted;
  // `?` and `+` already need Shift on most keyboards: what was typed is what counts.
  const printsItself = key.length === 1 && !/[a-z0-9 ]/i.test(key);
  if (!printsItself && press.shiftKey !== has('Shift')) return false;
  if (press.key.toLowerCase() === key.toLowerCase()) return true;
  return /^[a-z]$/i.test(key) && press.altKey && press.code === `Key${key.toUpperCase()}`;
}

const words: Record<string, string> = {
  Mod: 'Ctrl',
  Plus: '+',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Delete: 'Del',
  Escape: 'Esc',
};
const macWords: Record<string, string> = { ...words, Mod: '⌘', Shift: '⇧', Alt: '⌥', Delete: '⌫' };

/** The keys of a shortcut as printed on them. */
export const shortcutLabels = (shortcut: string, mac = onMac()): string[] =>
  shortcut.split('+').map((part) => (mac ? macWords : words)[part] ?? part);

const ownKeys = new Set(['Enter', ' ', 'Tab', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);

/** Keys by which a focused control is worked, or left, are not ours: Enter on a button presses that button. */
export function belongsToControl(target: EventTarget | null, press: KeyPress): boolean {
  if (!ownKeys.has(press.key) || press.ctrlKey || press.metaKey || press.altKey) return false;
  if (!(target instanceof HTMLElement)) return false;
  if (press.key === 'Tab') return target !== document.body && target.closest('.react-flow') === null;
  return target.closest('button, a, select, [role="tab"], [role="switch"], [role="separator"]') !== null;
}

/** Typing belongs to the field: single-key commands stay out of inputs, `Mod` ones that fields do not know get through. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('.monaco-editor') !== null
  );
}
