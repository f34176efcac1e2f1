import type { CallLimits } from '@waybill/api-contract';
import { Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Select, Switch, TextField } from '../../ui/Field.tsx';
import { rateWords } from './gauge-words.ts';
import type { LimitsValues, RateRow, RateUnit } from './limits-form.ts';
import { limitsWords, newRate, rateUnits, startLimits } from './limits-form.ts';

const mostRates = 5;

interface LimitsFieldsProps {
  system: string;
  proposed: CallLimits;
  values: LimitsValues;
  faults: Readonly<Record<string, string>>;
  onChange: (values: LimitsValues) => void;
}

/** How many calls the system gets, and when it is left alone. */
export function LimitsFields({ system, proposed, values, faults, onChange }: LimitsFieldsProps) {
  const put = (patch: Partial<LimitsValues>) => onChange({ ...values, ...patch });
  const putRate = (key: number, patch: Partial<RateRow>) =>
    put({ rates: values.rates.map((rate) => (rate.key === key ? { ...rate, ...patch } : rate)) });
  return (
    <div className="stack">
      <p className="muted">
        All flows share these limits. When the system asks for fewer calls, they are lowered by themselves for a while.
      </p>
      <Switch
        label={`Use what is proposed for ${system}`}
        checked={!values.own}
        onChange={(proposes) => onChange(proposes ? startLimits(null, proposed) : { ...values, own: true })}
      />
      {!values.own ? (
        <p className="callout">{sentence(limitsWords(proposed, rateWords))}</p>
      ) : (
        <>
          <TextField
            label="Calls at once"
            inputMode="numeric"
            placeholder="No limit"
            help="Steps that may call it at the same time. Empty: as many as come."
            value={values.concurrency}
            error={faults['concurrency']}
            onChange={(concurrency) => put({ concurrency })}
          />
          <fieldset className="limits__rates">
            <legend className="field__label">At most so many calls in a time</legend>
            {values.rates.map((rate) => (
              <div key={rate.key} className="field">
                <div className="limits__rate">
                  <input
                    className="input"
                    aria-label="Number of calls"
                    inputMode="numeric"
                    aria-invalid={Boolean(faults[`rate-${rate.key}`])}
                    value={rate.count}
                    onChange={(event) => putRate(rate.key, { count: event.target.value })}
                  />
                  <span>calls in</span>
                  <input
                    className="input"
                    aria-label="Length of time"
                    inputMode="decimal"
                    value={rate.amount}
                    onChange={(event) => putRate(rate.key, { amount: event.target.value })}
                  />
                  <Select
                    aria-label="Unit of time"
                    options={rateUnits.map((unit) => ({ value: unit, label: `${unit}s` }))}
                    value={rate.unit}
                    onChange={(unit) => putRate(rate.key, { unit: unit as RateUnit })}
                  />
                  <IconButton
                    label="Remove this limit"
                    icon={Trash2}
                    small
                    onClick={() => put({ rates: values.rates.filter(({ key }) => key !== rate.key) })}
                  />
                </div>
                {faults[`rate-${rate.key}`] && (
                  <p className="field__error" role="alert">
                    {faults[`rate-${rate.key}`]}
                  </p>
                )}
              </div>
            ))}
            {values.rates.length < mostRates && (
              <Button small icon={Plus} onClick={() => put({ rates: [...values.rates, newRate(values.rates)] })}>
                Add a limit
              </Button>
            )}
          </fieldset>
          <Switch
            label="Leave it alone when it does not answer"
            checked={values.breaks}
            onChange={(breaks) => put({ breaks })}
          />
          {values.breaks && (
            <div className="limits__breaker">
              <TextField
                label="After failures in a row"
                inputMode="numeric"
                value={values.failures}
                error={faults['failures']}
                onChange={(failures) => put({ failures })}
              />
              <TextField
                label="First pause (seconds)"
                inputMode="numeric"
                value={values.openSeconds}
                error={faults['openSeconds']}
                onChange={(openSeconds) => put({ openSeconds })}
              />
              <TextField
                label="Longest pause (seconds)"
                inputMode="numeric"
                value={values.maxOpenSeconds}
                error={faults['maxOpenSeconds']}
                onChange={(maxOpenSeconds) => put({ maxOpenSeconds })}
              />
            </div>
          )}
        </>
      )}
    </div>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
