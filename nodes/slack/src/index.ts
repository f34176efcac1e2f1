import { defineNodePackage } from '@waybill/node-sdk';
import { slackBot, slackWebhook } from './account.ts';
import { postMessage } from './post-message.ts';
import { updateMessage } from './update-message.ts';
import { webhookMessage } from './webhook-message.ts';

export const nodePackage = defineNodePackage({
  name: 'slack',
  nodes: [postMessage, updateMessage, webhookMessage],
  credentials: [slackBot, slackWebhook],
});
