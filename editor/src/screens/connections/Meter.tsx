import { classNames } from '../../ui/class-names.ts';

interface MeterProps {
  /** 0 to 1. */
  share: number;
  /** 0 to 1: how much is allowed at the moment, if that is less than all. */
  allowed?: number | undefined;
}

/** A bar that fills up, for the eye alone: the words beside it must say the same. */
export function Meter({ share, allowed }: MeterProps) {
  const percent = Math.round(share * 100);
  return (
    <span className={classNames('meter', percent >= 100 && 'meter--full')} aria-hidden>
      {allowed !== undefined && allowed < 1 && (
        <span className="meter__closed" style={{ left: `${Math.round(allowed * 100)}%` }} />
      )}
      <span className="meter__fill" style={{ width: `${percent}%` }} />
    </span>
  );
}
