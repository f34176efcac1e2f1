import { expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

it('tells a file by its bytes, and text of any kind is only text', () => {
  expect(mediaTypeOf(bytes('%PDF-1.7 ...'))).toBe('application/pdf');
  expect(mediaTypeOf(bytes('\x89PNG\r\n\x1a\n....'))).toBe('image/png');
  expect(mediaTypeOf(bytes('<html><script>alert(1)</script>'))).toBe('text/plain');
  expect(mediaTypeOf(bytes('a;b;c\n1;2;3'))).toBe('text/plain');
  expect(mediaTypeOf(bytes('\x01\x02\x00\xff'))).toBe('application/octet-stream');
});

it('knows programs, whatever they are called', () => {
  expect(mediaTypeOf(bytes('MZ\x90\x00'))).toBeNull();
  expect(mediaTypeOf(bytes('#!/bin/sh\nrm'))).toBeNull();
});
