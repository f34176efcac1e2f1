import type { Effect } from '@waybill/api-contract';
import { memo } from 'react';
import { Badge } from '../../ui/Badge.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { AboutLink } from '../about/AboutLink.tsx';
import { effectLooks, noteWords, systemWords } from './effect-words.ts';

interface EffectLineProps {
  effect: Effect;
  selected: boolean;
  /** Offset in the virtual list, px; absent in a plain list. */
  top?: number;
  onOpen: (effect: Effect) => void;
}

/** One write as a row; a press opens its history. */
export const EffectLine = memo(function EffectLine({ effect, selected, top, onOpen }: EffectLineProps) {
  const look = effectLooks[effect.state];
  return (
    <li
      className="rows__one rows__grid effects__grid effects__one"
      data-selected={selected}
      {...(top === undefined ? {} : { style: { position: 'absolute', insetInline: 0, top } })}
    >
      <span>
        <Badge tone={look.tone} dot>
          {look.label}
        </Badge>
      </span>
      <span>
        <button type="button" className="rows__open clamp-2" onClick={() => onOpen(effect)}>
          {effect.nodeTitle}
        </button>
      </span>
      <span className="clamp-2" title={systemWords(effect)}>
        {systemWords(effect)}
      </span>
      <span className="clamp-2" title={effect.businessKey ?? effect.runId}>
        {effect.businessKey ? (
          <AboutLink businessKey={effect.businessKey} />
        ) : (
          <span className="muted">No business key</span>
        )}
      </span>
      <span className="effects__note clamp-2" title={noteWords(effect)}>
        {noteWords(effect)}
      </span>
      <span className="muted">
        <RelativeTime at={effect.updatedAt} />
      </span>
    </li>
  );
});

/** The names of the columns above a list of writes. */
export const EffectHead = () => (
  <div className="rows__head rows__grid effects__grid" aria-hidden>
    <span>State</span>
    <span>What</span>
    <span>System</span>
    <span>Business key</span>
    <span>How it went</span>
    <span>Changed</span>
  </div>
);
