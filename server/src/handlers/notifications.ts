import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function notificationHandlers({
  notifications,
}: Platform): Some<
  | 'getMyNotifications'
  | 'setMyNotifications'
  | 'addMute'
  | 'removeMute'
  | 'listDeliveries'
  | 'getDeliveryHealth'
  | 'resendDelivery'
  | 'resendFailed'
  | 'getDeliverySettings'
  | 'setDeliverySettings'
  | 'sendTestMail'
  | 'sendTestChat'
> {
  return {
    getMyNotifications: ({ actor }) => notifications.mine(actor),
    setMyNotifications: ({ body, actor }) => notifications.setMine(body, actor),
    addMute: ({ body, actor }) => notifications.mute(body, actor),
    removeMute: ({ params, actor }) => notifications.unmute(params.muteId, actor),
    listDeliveries: ({ query, actor }) => notifications.deliveries(query, actor),
    getDeliveryHealth: () => notifications.health(),
    resendDelivery: ({ params, actor }) => notifications.resend(params.deliveryId, actor),
    resendFailed: ({ actor }) => notifications.resendFailed(actor),
    getDeliverySettings: () => notifications.settings(),
    setDeliverySettings: ({ body, actor }) => notifications.setDelivery(body, actor),
    sendTestMail: ({ actor }) => notifications.testMail(actor),
    sendTestChat: ({ body, actor }) => notifications.testChat(body.channelId, actor),
  };
}
