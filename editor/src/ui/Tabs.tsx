import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

interface TabsProps {
  value: string;
  onChange: (value: string) => void;
  label: string;
  tabs: readonly { value: string; label: ReactNode }[];
}

/** The panel belongs to the caller, so there is no id of ours to point at. */
const noPanelId = { 'aria-controls': undefined };

/** A row of tabs; the caller shows the panel of `value`. */
export function Tabs({ value, onChange, label, tabs }: TabsProps) {
  return (
    <Primitive.Root value={value} onValueChange={onChange} activationMode="manual">
      <Primitive.List className="tabs" aria-label={label}>
        {tabs.map((tab) => (
          <Primitive.Trigger key={tab.value} value={tab.value} className="tabs__tab" {...noPanelId}>
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
    </Primitive.Root>
  );
}

interface SegmentsProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  label: string;
  options: readonly { value: T; label: string }[];
}

/** A choice of a few views of the same thing. */
export function Segments<T extends string>({ value, onChange, label, options }: SegmentsProps<T>) {
  return (
    <fieldset className="segments" aria-label={label} style={{ border: 0, margin: 0 }}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
