import type { JsonObject, JsonValue, ParamSpec } from '@waybill/flow-model';
import { ChevronDown, ChevronUp, Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Fragment } from 'react';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { isShown } from '../param-value.ts';
import type { ParamFieldProps } from './field-props.ts';

const asRows = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value)
    ? value.map((row) => (typeof row === 'object' && row !== null && !Array.isArray(row) ? row : {}))
    : [];

export interface RowField {
  name: string;
  spec: ParamSpec;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

interface ListParamProps extends ParamFieldProps<'list'> {
  /** Draws a field of a row; handed in, because a row holds the same fields as a form. */
  field: (field: RowField) => ReactNode;
}

export function ListParam({ spec, value, onChange, field }: ListParamProps) {
  const rows = asRows(value);
  const put = (next: JsonObject[]) => onChange(next.length === 0 ? undefined : next);
  const blank = (): JsonObject =>
    Object.fromEntries(
      Object.entries(spec.item).flatMap(([name, item]) => (item.default === undefined ? [] : [[name, item.default]])),
    );
  const swap = (a: number, b: number) => {
    const next = [...rows];
    [next[a], next[b]] = [next[b] ?? {}, next[a] ?? {}];
    put(next);
  };
  return (
    <div className="list-param">
      {rows.map((row, index) => (
        // Rows have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <fieldset key={index} className="list-param__row">
          <legend className="label-caps">
            {spec.label} {index + 1}
          </legend>
          <div className="list-param__tools">
            <IconButton
              label="Move up"
              icon={ChevronUp}
              small
              disabled={index === 0}
              onClick={() => swap(index, index - 1)}
            />
            <IconButton
              label="Move down"
              icon={ChevronDown}
              small
              disabled={index === rows.length - 1}
              onClick={() => swap(index, index + 1)}
            />
            <IconButton
              label="Remove"
              icon={Trash2}
              small
              onClick={() => put(rows.filter((_, other) => other !== index))}
            />
          </div>
          {Object.entries(spec.item)
            .filter(([, item]) => isShown(item, row, spec.item))
            .map(([name, item]) => (
              <Fragment key={name}>
                {field({
                  name,
                  spec: item,
                  value: row[name],
                  onChange: (next) => {
                    const { [name]: _old, ...rest } = row;
                    put(
                      rows.map((other, at) =>
                        at === index ? (next === undefined ? rest : { ...row, [name]: next }) : other,
                      ),
                    );
                  },
                })}
              </Fragment>
            ))}
        </fieldset>
      ))}
      <Button icon={Plus} small onClick={() => put([...rows, blank()])}>
        Add a row
      </Button>
    </div>
  );
}
