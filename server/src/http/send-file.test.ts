import { expect, it } from 'vitest';
import { attachmentHeader } from './send-file.ts';

it('names a file in any script and lets no name end the header early', () => {
  expect(attachmentHeader('Plan.pdf')).toBe(`attachment; filename="Plan.pdf"; filename*=UTF-8''Plan.pdf`);
  expect(attachmentHeader('Übersicht "neu".pdf')).toBe(
    `attachment; filename="_bersicht _neu_.pdf"; filename*=UTF-8''%C3%9Cbersicht%20%22neu%22.pdf`,
  );
  expect(attachmentHeader('a\r\nset-cookie: x')).not.toMatch(/[\r\n]/);
});
