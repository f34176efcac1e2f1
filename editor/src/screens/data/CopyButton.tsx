import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import { toast } from '../../ui/toasts.ts';

const SAID_MS = 1_600;

/** Copies a text; the icon says when it is done. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setDone(true),
      () => toast('The browser did not allow copying. Select the text and copy it by hand.', { tone: 'failed' }),
    );
  return <IconButton label={done ? 'Copied' : label} icon={done ? Check : Copy} small onClick={() => void copy()} />;
}
