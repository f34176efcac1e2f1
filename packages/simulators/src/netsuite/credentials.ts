/** Test credentials of the simulated account. They open nothing else. */
import type { AssertionKeys } from '../kernel/assertion-keys.ts';
import type { Oauth1Secrets } from './oauth1-signature.ts';

export const accountId = '1234567_SB1';
export const clientId = 'sim-netsuite-client';
export const certificateId = 'sim-netsuite-certificate';

export const tokenSecrets: Oauth1Secrets = {
  realm: accountId,
  consumerKey: 'sim-netsuite-consumer-key',
  consumerSecret: 'sim-netsuite-consumer-secret',
  token: 'sim-netsuite-token',
  tokenSecret: 'sim-netsuite-token-secret',
};

export function netsuiteCredentials(keys: AssertionKeys): Record<string, string> {
  const { realm, ...secrets } = tokenSecrets;
  return { account: realm, ...secrets, clientId, certificateId, privateKey: keys.privateKey };
}
