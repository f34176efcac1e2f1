import type { Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { Eye, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { factWords } from '../inbox/task-words.ts';
import { RevealDialog } from './RevealDialog.tsx';

type Revealed = readonly { label: string; value: JsonValue }[];

interface FactsTableProps {
  label: string;
  /** Rows that are no facts, before and after them. */
  before?: readonly (readonly [string, ReactNode])[];
  facts: Task['facts'];
  after?: readonly (readonly [string, ReactNode])[];
  mayReveal: boolean;
  /** Hidden values are fetched only on request, with a reason. */
  onReveal: (reason: string) => Promise<Revealed>;
}

/** What is known of a task or problem; what is hidden shows its name. */
export function FactsTable({ label, before = [], facts, after = [], mayReveal, onReveal }: FactsTableProps) {
  const [shown, setShown] = useState<ReadonlyMap<string, JsonValue>>(new Map());
  const [isShown, setIsShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const rows: (readonly [string, ReactNode])[] = [
    ...before,
    ...facts.map((fact) => {
      const seen = shown.has(fact.label) ? (shown.get(fact.label) ?? null) : fact.value;
      return [fact.label, fact.masked && !shown.has(fact.label) ? <Hidden key="hidden" /> : factWords(seen)] as const;
    }),
    ...after,
  ];
  if (rows.length === 0) return null;
  return (
    <div>
      <table className="facts" aria-label={label}>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {mayReveal && !isShown && (
        <Button small look="ghost" icon={Eye} onClick={() => setAsking(true)}>
          Show what is hidden
        </Button>
      )}
      {asking && (
        <RevealDialog
          onClose={() => setAsking(false)}
          onReveal={async (reason) => {
            const revealed = await onReveal(reason);
            setShown(new Map(revealed.map((one) => [one.label, one.value])));
            setIsShown(true);
          }}
        />
      )}
    </div>
  );
}

const Hidden = () => (
  <span className="facts__hidden">
    <Lock size={13} aria-hidden /> Hidden
  </span>
);
