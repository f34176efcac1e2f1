import { param } from '@waybill/node-sdk';

export const messageParams = {
  text: param.text({
    label: 'Text',
    help: 'In Slack markup; with blocks it is what notifications show.',
    multiline: true,
  }),
  blocks: param.json({ label: 'Blocks', help: 'A list of Block Kit blocks for a richer layout.', optional: true }),
};
