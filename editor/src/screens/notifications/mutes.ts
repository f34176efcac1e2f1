import type { Mute } from '@waybill/api-contract';
import { api, queryClient } from '../../api/client.ts';

/** Reads what is muted anew. */
export const refreshMutes = () => queryClient.invalidateQueries({ queryKey: ['getMyNotifications'] });

export async function addMute(rule: Pick<Mute, 'subject' | 'value' | 'label' | 'until'>): Promise<Mute> {
  const mute = await api('addMute', { body: rule });
  await refreshMutes();
  return mute;
}
