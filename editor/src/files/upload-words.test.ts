import { expect, it } from 'vitest';
import { startsWords } from './UploadDialog.tsx';

it('says which flows a file may start before it is sent', () => {
  const flow = (flowName: string) => ({ flowId: flowName, flowName });
  const folders = [
    { name: 'Cards', starts: [flow('Card expenses'), flow('Archive')] },
    { name: 'notes', starts: [] },
  ];
  expect(startsWords(' cards ', folders)).toBe('Files there may start “Card expenses” and “Archive”.');
  expect(startsWords('notes', folders)).toMatch(/^No published flow/);
  expect(startsWords('new', folders)).toMatch(/^No published flow/);
});
