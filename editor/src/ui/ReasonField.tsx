import { TextAreaField } from './Field.tsx';

interface ReasonFieldProps {
  value: string;
  onChange: (reason: string) => void;
  /** Where it will be read. */
  help?: string;
  optional?: boolean;
  /** Somebody wanted to send the form. */
  tried: boolean;
  /** What is said when it is missing. */
  fault?: string;
  maxLength?: number;
}

/** Why somebody does it: asked before every act that others will want to understand. */
export function ReasonField({
  value,
  onChange,
  help = 'Kept with the run and in the audit log.',
  optional = false,
  tried,
  fault = 'Say why: others will read it.',
  maxLength = 1_000,
}: ReasonFieldProps) {
  return (
    <TextAreaField
      label={optional ? 'Reason (optional)' : 'Reason'}
      rows={2}
      value={value}
      maxLength={maxLength}
      help={help}
      error={tried && !optional && value.trim() === '' ? fault : undefined}
      onChange={onChange}
    />
  );
}
