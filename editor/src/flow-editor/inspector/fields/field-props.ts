import type { JsonValue, ParamSpec } from '@waybill/flow-model';

/** What every param field gets; `value` is a literal, never an expression. */
export interface ParamFieldProps<K extends ParamSpec['kind'] = ParamSpec['kind']> {
  spec: Extract<ParamSpec, { kind: K }>;
  id: string;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
  describedBy: string | undefined;
  invalid: boolean;
}
