import type { StepData } from '@waybill/api-contract';
import { Eye } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { hiddenCountWords } from '../data/hidden-words.ts';
import { RevealDialog } from '../data/RevealDialog.tsx';

interface HiddenValuesProps {
  runId: string;
  step: string;
  /** How many values of the step are hidden. */
  hidden: number;
  /** Null: what was shown belongs to another step, or to an older state of this one. */
  onShown: (data: StepData | null) => void;
}

/** Says that values are hidden, and shows them to those who may see them, with a reason. */
export function HiddenValues({ runId, step, hidden, onShown }: HiddenValuesProps) {
  const mayReveal = useMay()('data.reveal');
  const [asking, setAsking] = useState(false);
  const [isShown, setShown] = useState(false);
  useEffect(() => () => onShown(null), [onShown]);
  if (hidden === 0) return null;
  return (
    <p className="callout">
      <span>{isShown ? 'Hidden values are shown to you.' : hiddenCountWords(hidden)}</span>
      {mayReveal && !isShown && (
        <Button small look="ghost" icon={Eye} onClick={() => setAsking(true)}>
          Show what is hidden
        </Button>
      )}
      {asking && (
        <RevealDialog
          onClose={() => setAsking(false)}
          onReveal={async (reason) => {
            onShown(await api('revealStepData', { params: { runId, step }, body: { reason } }));
            setShown(true);
          }}
        />
      )}
    </p>
  );
}
