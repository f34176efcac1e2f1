import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { pureTraits } from './passthrough.ts';

const arrival = z.object({
  fileId: z.string(),
  folder: z.string(),
  name: z.string(),
  /** What Read records takes as its file. */
  path: z.string(),
  sizeBytes: z.number(),
  mediaType: z.string(),
  sha256: z.string(),
  /** Who sent it. */
  from: z.string(),
  arrivedAt: z.string(),
});

/** Starts a run for each file that came in whole: by upload, by another system, or through the watched folder. */
export const fileArrived = defineNode({
  type: 'core.file-arrived',
  version: 1,
  title: 'File arrived',
  description:
    'Starts the flow when a file is put into a folder: on the screen Files, by another system, or on the server.',
  kind: 'trigger',
  app: 'Triggers',
  icon: 'file-down',
  synonyms: ['upload', 'drop', 'inbox', 'csv', 'import', 'sftp', 'watch folder', 'new file'],
  params: {
    folder: param.text({
      label: 'Folder',
      help: 'Name of the folder; leave empty for files of every folder.',
      placeholder: 'card-expenses',
      optional: true,
      maxLength: 64,
      expression: false,
    }),
    pattern: param.text({
      label: 'Name',
      help: 'Which names count, for example *.csv; several with commas between them. Leave empty for every file.',
      placeholder: '*.csv',
      optional: true,
      expression: false,
    }),
    repeats: param.choice({
      label: 'The same file once more',
      help: 'The same content under the same name, whoever sends it.',
      options: [
        { value: 'ignore', label: 'Starts no second run' },
        { value: 'start', label: 'Starts a run again' },
      ],
      default: 'ignore',
      expression: false,
    }),
  },
  inputs: { event: port(arrival, 'File') },
  outputs: { arrived: port(arrival, 'File arrived') },
  traits: pureTraits,
  trigger: { how: 'file' },
  sample: {
    arrived: {
      fileId: 'f_0123456789abcdef01234567',
      folder: 'card-expenses',
      name: 'march.csv',
      path: 'uploads/f_0123456789abcdef01234567/march.csv',
      sizeBytes: 18_240,
      mediaType: 'text/csv',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      from: 'Card provider',
      arrivedAt: '2026-11-20T06:30:00.000Z',
    },
  },
  run: ({ input, emit }) => emit('arrived', input.event),
});
