import { Box, icons } from 'lucide-react';

const componentName = (name: string): string =>
  name.replace(/(^|-)([a-z0-9])/g, (_, _dash: string, letter: string) => letter.toUpperCase());

/** Any lucide icon by name; its chunk holds all of them. */
export default function AnyIcon({ name, size }: { name: string; size: number }) {
  const Icon = icons[componentName(name) as keyof typeof icons] ?? Box;
  return <Icon size={size} />;
}
