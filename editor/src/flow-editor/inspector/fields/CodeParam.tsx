import { useEffect, useRef } from 'react';
import { useTheme } from '../../../app/theme.ts';
import { scopeTypes } from '../expression/scope-types.ts';
import { useFieldContext } from '../field-context.ts';
import type { ParamFieldProps } from './field-props.ts';
import { defineThemes, monaco, typescriptDefaults } from './monaco.ts';

const languages = { typescript: 'typescript', jsonata: 'plaintext', sql: 'sql', soql: 'sql', json: 'json' };

/** Code in monaco. TypeScript knows the data of the last run as types of `input`, `steps` and the rest. */
export default function CodeParam({ spec, id, value, onChange, invalid }: ParamFieldProps<'code'>) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<typeof monaco.create> | null>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  const theme = useTheme((state) => state.shown);
  const { sample, readOnly, nodeId } = useFieldContext();
  const text = typeof value === 'string' ? value : typeof spec.default === 'string' ? spec.default : '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: one editor per field; text and theme are followed below
  useEffect(() => {
    if (!host.current) return;
    defineThemes();
    const made = monaco.create(host.current, {
      value: text,
      language: languages[spec.language],
      theme: `waybill-${theme}`,
      ariaLabel: spec.label,
      readOnly,
      minimap: { enabled: false },
      lineNumbersMinChars: 3,
      fontSize: 12.5,
      tabSize: 2,
      scrollBeyondLastLine: false,
      automaticLayout: true,
      fixedOverflowWidgets: true,
      padding: { top: 8, bottom: 8 },
    });
    editor.current = made;
    const watching = made.onDidChangeModelContent(() => latest.current(made.getValue() || undefined));
    return () => {
      watching.dispose();
      made.getModel()?.dispose();
      made.dispose();
      editor.current = null;
    };
  }, [nodeId, spec.language]);
  useEffect(() => {
    // Undo of the flow, or a reload, changes the text from outside.
    if (editor.current && editor.current.getValue() !== text) editor.current.setValue(text);
  }, [text]);
  useEffect(() => monaco.setTheme(`waybill-${theme}`), [theme]);
  useEffect(() => {
    if (spec.language !== 'typescript') return;
    const added = typescriptDefaults.addExtraLib(scopeTypes(sample.scope), `file:///scope-${nodeId}.d.ts`);
    return () => added.dispose();
  }, [spec.language, sample, nodeId]);
  return <div ref={host} id={id} className="code" data-invalid={invalid} />;
}
