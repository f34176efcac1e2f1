import { describe, expect, it } from 'vitest';
import { matchesShortcut, shortcutLabels } from './shortcuts.ts';

const press = (key: string, extra: Partial<Parameters<typeof matchesShortcut>[1]> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...extra,
});

describe('shortcuts', () => {
  it('reads Mod as Ctrl, and as Command on a Mac', () => {
    expect(matchesShortcut('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true);
    expect(matchesShortcut('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matchesShortcut('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
  });

  it('keeps undo and redo apart by Shift', () => {
    expect(matchesShortcut('Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matchesShortcut('Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
  });

  it('takes a sign that needs Shift on the keyboard as it was typed', () => {
    expect(matchesShortcut('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(matchesShortcut('Plus', press('+', { shiftKey: true }), false)).toBe(true);
  });

  it('finds an Alt letter whose key prints something else', () => {
    expect(matchesShortcut('Alt+A', press('å', { altKey: true, code: 'KeyA' }), true)).toBe(true);
  });

  it('ignores a plain letter while a modifier is held', () => {
    expect(matchesShortcut('N', press('n', { ctrlKey: true }), false)).toBe(false);
  });

  it('prints keys the way the keyboard does', () => {
    expect(shortcutLabels('Mod+Shift+P', false)).toEqual(['Ctrl', 'Shift', 'P']);
    expect(shortcutLabels('Mod+Shift+P', true)).toEqual(['⌘', '⇧', 'P']);
  });
});
