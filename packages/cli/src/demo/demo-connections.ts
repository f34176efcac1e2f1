import { randomBytes } from 'node:crypto';
import type { SimulatorInfo } from './simulators-process.ts';

export interface DemoConnection {
  name: string;
  type: string;
  /** The alias flows use. */
  role: string;
  fields: Record<string, string>;
}

const pick = (info: SimulatorInfo, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, info.credentials[name] ?? '']));

/** One connection per simulated system, under the role the templates use. */
export function demoConnections(simulators: readonly SimulatorInfo[]): DemoConnection[] {
  return simulators.flatMap((info): DemoConnection[] => {
    switch (info.name) {
      case 'salesforce':
        return [
          {
            name: 'Northwind CRM',
            type: 'salesforce',
            role: 'crm',
            fields: { loginUrl: info.baseUrl, ...pick(info, 'clientId', 'clientSecret') },
          },
          {
            name: 'Events of the CRM',
            type: 'inbound-hmac',
            role: 'crm-events',
            fields: { secret: randomBytes(24).toString('hex') },
          },
        ];
      case 'netsuite':
        return [
          {
            name: 'NetSuite',
            type: 'netsuite',
            role: 'erp',
            fields: {
              restUrl: info.baseUrl,
              appUrl: info.baseUrl,
              ...pick(info, 'account', 'consumerKey', 'consumerSecret', 'token', 'tokenSecret'),
            },
          },
        ];
      case 'kantata':
        return [
          {
            name: 'Kantata',
            type: 'kantata',
            role: 'psa',
            fields: { apiUrl: info.baseUrl, appUrl: info.baseUrl, ...pick(info, 'token') },
          },
        ];
      case 'slack':
        return [
          {
            name: 'Delivery channel',
            type: 'slack-webhook',
            role: 'chat',
            fields: { url: `${info.baseUrl}${info.credentials['webhookPath'] ?? ''}` },
          },
        ];
      default:
        return [];
    }
  });
}
