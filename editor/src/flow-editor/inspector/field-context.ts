import type { NodeId } from '@waybill/flow-model';
import { createContext, useContext } from 'react';
import type { SampleScope } from './expression/sample-scope.ts';

export interface FieldContextValue {
  nodeId: NodeId;
  sample: SampleScope;
  readOnly: boolean;
}

export const FieldContext = createContext<FieldContextValue | null>(null);

/** What all fields of one form share. */
export function useFieldContext(): FieldContextValue {
  const context = useContext(FieldContext);
  if (!context) throw new Error('A param field was drawn outside a param form');
  return context;
}
