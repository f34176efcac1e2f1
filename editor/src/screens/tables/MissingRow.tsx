import { Plus } from 'lucide-react';
import { z } from 'zod';
import { useSearch } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';

const keySchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/** The key a flow asked for in vain, as the address of this page carries it; null for none or an odd one. */
function wantedKey(text: string | null): Record<string, string> | null {
  if (text === null) return null;
  try {
    const parsed = keySchema.safeParse(JSON.parse(text));
    return parsed.success && Object.keys(parsed.data).length > 0 ? parsed.data : null;
  } catch {
    // Typed by hand: the table is shown without the hint.
    return null;
  }
}

interface MissingRowProps {
  columns: readonly string[];
  /** Whether the key is there by now. */
  isThere: (key: Record<string, string>) => boolean;
  onAdd: (key: Record<string, string>) => void;
}

/** Says which row a flow looked for and did not find, and offers to begin it. */
export function MissingRow({ columns, isThere, onAdd }: MissingRowProps) {
  const [search] = useSearch();
  const key = wantedKey(search.get('key'));
  if (!key || !Object.keys(key).every((name) => columns.includes(name)) || isThere(key)) return null;
  const words = Object.entries(key).map(([name, value]) => `${name} ${value}`);
  return (
    <div className="callout callout--waiting row spread" role="status">
      <strong>A flow found no row for {words.join(', ')}.</strong>
      <Button small icon={Plus} onClick={() => onAdd(key)}>
        Add this row
      </Button>
    </div>
  );
}
