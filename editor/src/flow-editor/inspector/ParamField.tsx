import type { JsonValue, ParamSpec } from '@waybill/flow-model';
import { isExpression } from '@waybill/flow-model';
import type { DragEvent } from 'react';
import { lazy, Suspense, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { Field } from '../../ui/Field.tsx';
import { Skeleton } from '../../ui/States.tsx';
import { FIELD_DRAG_TYPE } from './data/field-drag.ts';
import { ExpressionInput } from './expression/ExpressionInput.tsx';
import { useFieldContext } from './field-context.ts';
import { CronParam } from './fields/CronParam.tsx';
import type { ParamFieldProps } from './fields/field-props.ts';
import { ListParam } from './fields/ListParam.tsx';
import { MappingParam } from './fields/MappingParam.tsx';
import { FlowParam, PeopleParam, StepParam, TableParam } from './fields/picker-fields.tsx';
import {
  BooleanParam,
  ChoiceParam,
  DatetimeParam,
  DurationParam,
  JsonParam,
  NumberParam,
  TextParam,
  TimezoneParam,
} from './fields/simple-fields.tsx';
import { takesExpression, toggleExpression } from './param-value.ts';

const CodeParam = lazy(() => import('./fields/CodeParam.tsx'));

interface ParamFieldOuterProps {
  name: string;
  spec: ParamSpec;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
  error?: string | undefined;
}

/** One param: label, literal or expression, and whatever is wrong with it. Fields of data can be dropped on it. */
export function ParamField({ name, spec, value, onChange, error }: ParamFieldOuterProps) {
  const { readOnly } = useFieldContext();
  const [over, setOver] = useState(false);
  const expressive = takesExpression(spec);
  const asExpression = expressive && isExpression(value);
  const droppable = !readOnly && (expressive || spec.kind === 'expression');
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const path = event.dataTransfer.getData(FIELD_DRAG_TYPE);
    if (!path || !droppable) return;
    event.preventDefault();
    onChange(spec.kind === 'expression' ? path : { $: path });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the same can be typed
    <div
      className={classNames('param', over && 'param--over')}
      data-param={name}
      onDragOver={(event) => {
        if (!droppable || !event.dataTransfer.types.includes(FIELD_DRAG_TYPE)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <Field
        label={spec.label}
        // A step that is asked for only at times is needed whenever it is.
        optional={spec.optional && spec.default === undefined && spec.kind !== 'step'}
        help={spec.help}
        error={error}
        aside={
          expressive &&
          !readOnly && (
            <button
              type="button"
              className="param__toggle"
              aria-pressed={asExpression}
              title={asExpression ? 'Give a fixed value' : 'Write an expression'}
              aria-label={`${spec.label}: expression`}
              onClick={() => onChange(toggleExpression(value, spec))}
            >
              =
            </button>
          )
        }
      >
        {({ id, describedBy, invalid }) => (
          <fieldset className="param__control" disabled={readOnly}>
            {asExpression && isExpression(value) ? (
              <ExpressionInput
                id={id}
                value={value.$}
                describedBy={describedBy}
                invalid={invalid}
                placeholder="input.amount"
                onChange={(text) => onChange({ $: text })}
              />
            ) : (
              <LiteralField {...{ spec, id, value, onChange, describedBy, invalid }} />
            )}
          </fieldset>
        )}
      </Field>
    </div>
  );
}

function LiteralField({ spec, ...rest }: Omit<ParamFieldProps, 'spec'> & { spec: ParamSpec }) {
  switch (spec.kind) {
    case 'text':
      return <TextParam spec={spec} {...rest} />;
    case 'integer':
    case 'number':
      return <NumberParam spec={spec} {...rest} />;
    case 'boolean':
      return <BooleanParam spec={spec} {...rest} />;
    case 'choice':
      return <ChoiceParam spec={spec} {...rest} />;
    case 'duration':
      return <DurationParam spec={spec} {...rest} />;
    case 'datetime':
      return <DatetimeParam spec={spec} {...rest} />;
    case 'json':
      return <JsonParam spec={spec} {...rest} />;
    case 'mapping':
      return <MappingParam spec={spec} {...rest} />;
    case 'list':
      return <ListParam spec={spec} {...rest} field={(field) => <ParamField {...field} />} />;
    case 'cron':
      return <CronParam spec={spec} {...rest} />;
    case 'timezone':
      return <TimezoneParam spec={spec} {...rest} />;
    case 'flow':
      return <FlowParam spec={spec} {...rest} />;
    case 'table':
      return <TableParam spec={spec} {...rest} />;
    case 'people':
      return <PeopleParam spec={spec} {...rest} />;
    case 'step':
      return <StepParam spec={spec} {...rest} />;
    case 'expression':
      return (
        <ExpressionInput
          {...rest}
          value={typeof rest.value === 'string' ? rest.value : ''}
          rows={2}
          placeholder={spec.placeholder ?? (spec.yields === 'boolean' ? 'input.amount > 50000' : 'input')}
          onChange={(text) => rest.onChange(text || undefined)}
        />
      );
    case 'code':
      return spec.language === 'jsonata' ? (
        <ExpressionInput
          {...rest}
          value={typeof rest.value === 'string' ? rest.value : ''}
          rows={4}
          onChange={(text) => rest.onChange(text || undefined)}
        />
      ) : (
        <Suspense fallback={<Skeleton height={200} />}>
          <CodeParam spec={spec} {...rest} />
        </Suspense>
      );
    default:
      return spec satisfies never;
  }
}
