import type { StepView } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { parseJson } from '../data/parse-json.ts';
import { useStepData } from './use-run.ts';

/** The input of a step as somebody may change it before the step runs again. */
export interface EditedInput {
  /** Whether it is to be changed at all. */
  editing: boolean;
  setEditing: (editing: boolean) => void;
  text: string;
  setText: (text: string) => void;
  /** What the step had; undefined while it is fetched. */
  before: JsonValue | undefined;
  /** What is typed, once it is JSON. */
  after: JsonValue | undefined;
  /** Why it cannot be sent. */
  fault: string | null;
  /** What to send: nothing unless something was typed. */
  toSend: { edited?: JsonValue };
}

export function useEditedInput(runId: string, step: Pick<StepView, 'step' | 'seq'> | null): EditedInput {
  const [editing, setEditing] = useState(false);
  const { data } = useStepData(runId, step?.step ?? '', step?.seq ?? 0, editing && step !== null, true);
  return useTyped(data?.input, editing, setEditing);
}

/** The same for any value that is there already. @param before undefined while it is fetched. */
export function useEditedValue(before: JsonValue | undefined): EditedInput {
  const [editing, setEditing] = useState(false);
  return useTyped(before, editing, setEditing);
}

function useTyped(
  before: JsonValue | undefined,
  editing: boolean,
  setEditing: (editing: boolean) => void,
): EditedInput {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (before === undefined ? '' : JSON.stringify(before, null, 2));
  const parsed = parseJson(text);
  const isTyped = editing && typed !== null;
  return {
    editing,
    setEditing,
    text,
    setText: setTyped,
    before,
    after: parsed.ok ? parsed.value : undefined,
    fault: isTyped && !parsed.ok ? parsed.what : null,
    toSend: isTyped && parsed.ok ? { edited: parsed.value } : {},
  };
}
