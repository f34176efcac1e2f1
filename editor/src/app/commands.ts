import type { LucideIcon } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { KeyPress } from './shortcuts.ts';
import { matchesShortcut } from './shortcuts.ts';

/** Something a person can do; menus, the command bar, the keyboard and the shortcut sheet all read this one object. */
export interface Command {
  id: string;
  label: string;
  group: string;
  /** `Mod+Shift+P`; several when habits differ. */
  shortcuts?: readonly string[];
  icon?: LucideIcon;
  /** Further words it is found by. */
  words?: string;
  /** Works while a text field has the focus. */
  whileTyping?: boolean;
  /** Not listed in the command bar, e.g. walking with the arrow keys. */
  keyboardOnly?: boolean;
  enabled?: () => boolean;
  perform: () => void;
}

interface CommandState {
  /** By the part of the page that offers them; the last added wins a shared shortcut. */
  sources: ReadonlyMap<string, readonly Command[]>;
}

const useCommandStore = create<CommandState>(() => ({ sources: new Map() }));

/** Offers commands while the component is shown. Keep the list stable with `useMemo`. */
export function useCommands(source: string, commands: readonly Command[]): void {
  useEffect(() => {
    useCommandStore.setState((state) => {
      const sources = new Map(state.sources);
      sources.delete(source);
      return { sources: sources.set(source, commands) };
    });
    return () =>
      useCommandStore.setState((state) => {
        if (state.sources.get(source) !== commands) return state;
        const sources = new Map(state.sources);
        sources.delete(source);
        return { sources };
      });
  }, [source, commands]);
}

const allCommands = (state: CommandState): Command[] => [...state.sources.values()].reverse().flat();

export function useAllCommands(): Command[] {
  const sources = useCommandStore((state) => state.sources);
  return useMemo(() => allCommands({ sources }), [sources]);
}

/** The command a key press means, if any may run now. Pure. */
export function commandFor(
  commands: readonly Command[],
  press: KeyPress,
  typing: boolean,
  mac?: boolean,
): Command | null {
  return (
    commands.find(
      (command) =>
        (!typing || command.whileTyping) &&
        command.shortcuts?.some((shortcut) => matchesShortcut(shortcut, press, mac)) &&
        (command.enabled?.() ?? true),
    ) ?? null
  );
}

/** Best matches first: words that start with what was typed, then any that contain it; all typed words must occur. Pure. */
export function searchCommands(commands: readonly Command[], typed: string): Command[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = commands
    .filter((command) => !command.keyboardOnly && (command.enabled?.() ?? true))
    .map((command) => {
      const text = `${command.label} ${command.group} ${command.words ?? ''}`.toLowerCase();
      if (!wanted.every((word) => text.includes(word))) return { command, score: -1 };
      const label = command.label.toLowerCase();
      const score = wanted.reduce(
        (sum, word) =>
          sum + (label.startsWith(word) ? 4 : label.includes(` ${word}`) ? 3 : label.includes(word) ? 2 : 1),
        0,
      );
      return { command, score };
    })
    .filter(({ score }) => score >= 0);
  return scored.sort((a, b) => b.score - a.score).map(({ command }) => command);
}
