import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ErrorRecord, JsonObject, JsonValue } from '@waybill/flow-model';
import { parseExpression } from '@waybill/flow-model';
import { useEffect, useState } from 'react';
import { api } from '../../../api/client.ts';

const QUIET_MS = 350;

export type Preview =
  | { kind: 'none' }
  | { kind: 'value'; value: JsonValue }
  | { kind: 'problem'; what: string; fix: string | null };

/** What an expression gives on the sample data; the server evaluates it in the sandbox it will really run in. */
export function usePreview(text: string, scope: JsonObject): Preview {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const parsed = settled.trim() === '' ? null : parseExpression(settled);
  const evaluated = useQuery({
    queryKey: ['evaluate', settled, scope],
    enabled: parsed?.ok === true,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => api('evaluate', { body: { expression: settled, scope } }),
  });
  if (!parsed) return { kind: 'none' };
  if (!parsed.ok) return { kind: 'problem', what: parsed.fault.what, fix: null };
  if (!evaluated.data) return { kind: 'none' };
  if (evaluated.data.ok) return { kind: 'value', value: evaluated.data.value };
  const { what, fix }: Pick<ErrorRecord, 'what' | 'fix'> = evaluated.data.error;
  return { kind: 'problem', what, fix };
}
