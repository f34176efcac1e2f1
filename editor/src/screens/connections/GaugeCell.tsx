import type { ConnectionGauge } from '@waybill/api-contract';
import { Badge } from '../../ui/Badge.tsx';
import { Skeleton } from '../../ui/States.tsx';
import { useNow } from '../clock.tsx';
import { busyWords, fullness, stateTones, stateWords } from './gauge-words.ts';
import { Meter } from './Meter.tsx';

interface GaugeCellProps {
  name: string;
  gauge: ConnectionGauge | undefined;
  onOpen: () => void;
}

/** The way to one system at a glance; opens the whole picture. */
export function GaugeCell({ name, gauge, onOpen }: GaugeCellProps) {
  const now = useNow(gauge !== undefined && gauge.state.kind !== 'open');
  if (!gauge) return <Skeleton width={160} />;
  const full = fullness(gauge);
  const words = busyWords(gauge);
  return (
    <button type="button" className="gauge-cell" onClick={onOpen}>
      <span className="sr-only">Calls to {name}: </span>
      <Badge tone={stateTones[gauge.state.kind]} dot>
        {stateWords(gauge, now)}
      </Badge>
      <span className="row gauge-cell__busy">
        {full !== null && <Meter share={full} />}
        <span className="muted">{words}</span>
      </span>
    </button>
  );
}
