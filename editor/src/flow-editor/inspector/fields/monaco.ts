/** The code editor with the few languages and features params need; loaded when the first code field is shown. */
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/contextmenu/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/parameterHints/register.js';
import 'monaco-editor/features/snippet/register.js';
import 'monaco-editor/features/suggest/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/sql/register.js';
import 'monaco-editor/languages/definitions/typescript/register.js';
import 'monaco-editor/languages/features/json/register.js';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import { editor as monaco } from 'monaco-editor/editor.js';
import JsonWorker from 'monaco-editor/languages/features/json/json.worker.js?worker';
import { ScriptTarget, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register.js';
import TypescriptWorker from 'monaco-editor/languages/features/typescript/ts.worker.js?worker';

export { monaco, typescriptDefaults };

self.MonacoEnvironment = {
  getWorker: (_: unknown, label: string) =>
    label === 'typescript' || label === 'javascript'
      ? new TypescriptWorker()
      : label === 'json'
        ? new JsonWorker()
        : new EditorWorker(),
};

typescriptDefaults.setCompilerOptions({
  target: ScriptTarget.ESNext,
  lib: ['esnext'],
  allowNonTsExtensions: true,
  strict: false,
});
// The text is the body of an async function: `return` and `await` at its top are right. Types come from sample data,
// so a field they lack may well exist.
typescriptDefaults.setDiagnosticsOptions({ diagnosticCodesToIgnore: [1108, 1375, 1378, 2339, 2551, 7053] });

let defined = false;

/** Light and dark in the colours of the page. */
export function defineThemes(): void {
  if (defined) return;
  defined = true;
  for (const [name, base, background] of [
    ['waybill-light', 'vs', '#ffffff'],
    ['waybill-dark', 'vs-dark', '#172028'],
  ] as const)
    monaco.defineTheme(name, { base, inherit: true, rules: [], colors: { 'editor.background': background } });
}
