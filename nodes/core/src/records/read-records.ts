import type { RecordEncoding, RecordFormat, RecordSource } from '@waybill/node-sdk';
import { anyPort, defineNode, nodeError, param, recordEncodings, recordsHandle } from '@waybill/node-sdk';
import { pureTraits } from '../passthrough.ts';
import { folder } from './folder.ts';
import { recordsOutput, sampleStream } from './stream-input.ts';

const KB = 1_024;
const encodingLabels: Record<RecordEncoding, string> = {
  auto: 'Find out',
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252',
  latin1: 'ISO 8859-1',
};

/** Names a file or a text as a stream of records; nothing is read before a step that uses them. */
export const readRecords = defineNode({
  type: 'core.read-records',
  version: 1,
  title: 'Read records',
  description: 'Reads a CSV or JSON-lines file record by record, however large it is.',
  kind: 'transform',
  app: 'Records',
  icon: 'file-input',
  synonyms: ['csv', 'jsonl', 'file', 'import', 'rows', 'spreadsheet', 'large file', 'bulk', 'stream'],
  credentials: { folder },
  optionalCredentials: ['folder'],
  params: {
    from: param.choice({
      label: 'Read from',
      options: [
        { value: 'file', label: 'A file in a folder' },
        { value: 'text', label: 'Text' },
      ],
      default: 'file',
    }),
    path: param.text({
      label: 'File',
      help: 'Path within the folder. Without a connection: a file that came in, or one of the folder of the workspace.',
      placeholder: 'incoming/hours.csv',
      picks: 'file',
      when: { param: 'from', is: ['file'] },
      optional: true,
    }),
    text: param.text({ label: 'Text', multiline: true, when: { param: 'from', is: ['text'] }, optional: true }),
    format: param.choice({
      label: 'Format',
      options: [
        { value: 'csv', label: 'CSV' },
        { value: 'jsonl', label: 'JSON, one object per line' },
      ],
      default: 'csv',
    }),
    header: param.boolean({
      label: 'The first line names the columns',
      default: true,
      when: { param: 'format', is: ['csv'] },
    }),
    delimiter: param.choice({
      label: 'Delimiter',
      options: [
        { value: 'auto', label: 'Find out' },
        { value: ',', label: 'Comma' },
        { value: ';', label: 'Semicolon' },
        { value: '\t', label: 'Tab' },
        { value: '|', label: 'Bar' },
      ],
      default: 'auto',
      when: { param: 'format', is: ['csv'] },
    }),
    quote: param.choice({
      label: 'Quotes',
      options: [
        { value: '"', label: 'Double quotes' },
        { value: "'", label: 'Single quotes' },
        { value: 'none', label: 'None' },
      ],
      default: '"',
      when: { param: 'format', is: ['csv'] },
      group: 'More',
    }),
    columns: param.list({
      label: 'Columns',
      help: 'Columns that are more than text, and all columns when the first line does not name them.',
      item: {
        name: param.text({ label: 'Column' }),
        kind: param.choice({
          label: 'Kind',
          options: [
            { value: 'text', label: 'Text' },
            { value: 'number', label: 'Number' },
            { value: 'decimalComma', label: 'Number with decimal comma' },
            { value: 'boolean', label: 'Yes or no' },
            { value: 'date', label: 'Date' },
          ],
          default: 'text',
        }),
      },
      default: [],
      when: { param: 'format', is: ['csv'] },
    }),
    encoding: param.choice({
      label: 'Encoding',
      options: recordEncodings.map((value) => ({ value, label: encodingLabels[value] })),
      default: 'auto',
      group: 'More',
    }),
    maxRecordKb: param.integer({
      label: 'Longest record (KB)',
      help: 'A longer one becomes a record error; the rest goes on.',
      min: 1,
      max: 16_384,
      default: 1_024,
      group: 'More',
    }),
  },
  inputs: { in: anyPort('Input') },
  outputs: recordsOutput,
  traits: pureTraits,
  sample: { records: sampleStream },
  run({ params, stepKey, emit }) {
    const format: RecordFormat =
      params.format === 'jsonl'
        ? { is: 'jsonl' }
        : {
            is: 'csv',
            header: params.header,
            delimiter: params.delimiter === 'auto' ? '' : params.delimiter,
            quote: params.quote === 'none' ? '' : params.quote,
            columns: params.columns.map(({ name, kind }) =>
              kind === 'decimalComma' ? { name, kind: 'number' as const, decimal: ',' as const } : { name, kind },
            ),
          };
    const maxRecordBytes = params.maxRecordKb * KB;
    const source: RecordSource =
      params.from === 'text'
        ? { kind: 'text', text: params.text ?? '', format, maxRecordBytes }
        : {
            kind: 'file',
            origin: stepKey,
            path: pathOf(params.path),
            format,
            encoding: params.encoding,
            maxRecordBytes,
          };
    return emit('records', recordsHandle(source));
  },
});

function pathOf(path: string | undefined): string {
  if (path) return path;
  throw nodeError('RECORDS_FILE_MISSING', {
    what: 'No file is named.',
    fix: 'Give the path of the file within its folder.',
    owner: 'user',
    engine: 'stop',
  });
}
