import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { folder } from './folder.ts';
import { chunkTraits, limitParams, limitsOf, recordsInput, streamOf } from './stream-input.ts';

/** Reads a stream to its end and writes a file, which appears under its name once it is complete. */
export const writeRecords = defineNode({
  type: 'core.write-records',
  version: 1,
  title: 'Write records',
  description: 'Writes all records to a CSV or JSON-lines file; nobody sees the file before it is complete.',
  kind: 'transform',
  app: 'Records',
  icon: 'file-output',
  synonyms: ['csv', 'jsonl', 'export', 'save', 'file'],
  credentials: { folder },
  optionalCredentials: ['folder'],
  params: {
    path: param.text({ label: 'File', help: 'Path within the folder.', placeholder: 'outgoing/hours.csv' }),
    format: param.choice({
      label: 'Format',
      options: [
        { value: 'csv', label: 'CSV' },
        { value: 'jsonl', label: 'JSON, one object per line' },
      ],
      default: 'csv',
    }),
    delimiter: param.choice({
      label: 'Delimiter',
      options: [
        { value: ',', label: 'Comma' },
        { value: ';', label: 'Semicolon' },
        { value: '\t', label: 'Tab' },
        { value: '|', label: 'Bar' },
      ],
      default: ',',
      when: { param: 'format', is: ['csv'] },
    }),
    columns: param.list({
      label: 'Columns',
      help: 'In order; other fields are left out. None: the fields of the first record.',
      item: { name: param.text({ label: 'Column' }) },
      default: [],
      when: { param: 'format', is: ['csv'] },
    }),
    ifExists: param.choice({
      label: 'If the file exists',
      options: [
        { value: 'fail', label: 'Fail' },
        { value: 'replace', label: 'Replace it' },
      ],
      default: 'fail',
    }),
    ...limitParams,
  },
  inputs: recordsInput,
  outputs: { done: port(z.record(z.string(), z.unknown()), 'File') },
  capabilities: { tables: true, crosswalk: true },
  traits: {
    ...chunkTraits,
    effect: 'write',
    idempotency: { how: 'natural' },
    cannotUndo: 'The file may have been read by others already.',
  },
  sample: {
    done: { records: { read: 3, used: 3, leftOut: 0, refused: 0 }, file: { path: 'outgoing/hours.csv', bytes: 120 } },
  },
  run: ({ params, input, stepKey }) => ({
    do: 'process-records',
    stream: streamOf(input.in).$records,
    sink: {
      into: 'file',
      origin: stepKey,
      path: params.path,
      format: params.format,
      delimiter: params.delimiter,
      columns: params.columns.map(({ name }) => name),
      ifExists: params.ifExists,
    },
    limits: limitsOf(params),
    port: 'done',
  }),
});
