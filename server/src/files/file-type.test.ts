import { expect, it } from 'vitest';
import { fileType, HEAD_BYTES } from './file-type.ts';

it('knows data by its ending whatever the encoding, and pictures and programs by their bytes whatever the ending', () => {
  expect(fileType(Buffer.from('id;name\n1;Jörg', 'latin1'), 'Hours.CSV')).toBe('text/csv');
  expect(fileType(Buffer.from('{"a":1}\n'), 'lines.jsonl')).toBe('application/jsonl');
  expect(fileType(Buffer.from('%PDF-1.7'), 'really.csv')).toBe('application/pdf');
  expect(fileType(Buffer.from('#!/bin/sh\n'), 'hours.csv')).toBeNull();
  expect(fileType(Buffer.from('hello'), 'letter')).toBe('text/plain');
});

it('takes a text for one although its head ends inside a character', () => {
  const head = Buffer.from(`x${'ä'.repeat(HEAD_BYTES)}`).subarray(0, HEAD_BYTES);
  expect(fileType(head, 'letter')).toBe('text/plain');
});
