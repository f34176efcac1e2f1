import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { commandFor, searchCommands } from './commands.ts';

const command = (id: string, extra: Partial<Command> = {}): Command => ({
  id,
  label: id,
  group: 'Test',
  perform: () => undefined,
  ...extra,
});
const press = (key: string, ctrlKey = false) => ({
  key,
  code: '',
  ctrlKey,
  metaKey: false,
  shiftKey: false,
  altKey: false,
});

describe('commands', () => {
  it('leaves single keys to the field while one types', () => {
    const commands = [
      command('disable', { shortcuts: ['D'] }),
      command('run', { shortcuts: ['Mod+Enter'], whileTyping: true }),
    ];
    expect(commandFor(commands, press('d'), true, false)).toBeNull();
    expect(commandFor(commands, press('Enter', true), true, false)?.id).toBe('run');
    expect(commandFor(commands, press('d'), false, false)?.id).toBe('disable');
  });

  it('passes a shortcut on to the next command when the first is not enabled', () => {
    const commands = [command('a', { shortcuts: ['D'], enabled: () => false }), command('b', { shortcuts: ['D'] })];
    expect(commandFor(commands, press('d'), false, false)?.id).toBe('b');
  });

  it('lists what starts with the typed word first and hides what is not possible', () => {
    const commands = [
      command('1', { label: 'Unpublish nothing' }),
      command('2', { label: 'Publish…' }),
      command('3', { label: 'Publish all', enabled: () => false }),
    ];
    expect(searchCommands(commands, 'publish').map(({ id }) => id)).toEqual(['2', '1']);
  });

  it('finds a command by words it does not show', () => {
    expect(searchCommands([command('v', { label: 'Versions', words: 'history' })], 'hist')).toHaveLength(1);
  });
});
