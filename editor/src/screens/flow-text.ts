export type FlowText =
  | { kind: 'document'; name: string; flow: unknown }
  /** Text format: file name -> content. */
  | { kind: 'files'; files: Record<string, string> };

/** Tells a JSON flow document from the text format. Pure; whether it is a valid flow, the server says. */
export function readFlowText(text: string, files: Record<string, string>): FlowText {
  const names = Object.keys(files);
  const onlyFile = names.length === 1 ? files[names[0] ?? ''] : undefined;
  const candidate = names.length === 0 ? text : onlyFile;
  if (candidate?.trimStart().startsWith('{')) {
    const parsed: unknown = JSON.parse(candidate);
    if (typeof parsed === 'object' && parsed !== null) {
      if ('files' in parsed && typeof parsed.files === 'object')
        return { kind: 'files', files: parsed.files as Record<string, string> };
      const name = 'name' in parsed && typeof parsed.name === 'string' ? parsed.name : 'Imported flow';
      return { kind: 'document', name, flow: parsed };
    }
  }
  return { kind: 'files', files: names.length > 0 ? files : { 'flow.yaml': text } };
}
