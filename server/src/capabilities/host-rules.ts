import { flowError } from '@waybill/flow-model';

/** Whether a declared host (`api.example.com`, `*.example.com`) covers this host name. */
export function hostMatches(declared: string, hostname: string): boolean {
  const rule = declared.toLowerCase();
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (rule === '*') return true;
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) && host.length > rule.length - 1 : host === rule;
}

/**
 * May this node call this URL? Its manifest names hosts; `connection` stands for the host of the bound connection.
 * @param connectionOrigin origin of the connection used in this call, null without one.
 * @throws {FlowError} HOST_NOT_ALLOWED
 */
export function checkHost(url: URL, declared: readonly string[], connectionOrigin: string | null): void {
  const http = url.protocol === 'https:' || url.protocol === 'http:';
  const plain = url.username === '' && url.password === '';
  const byConnection = declared.includes('connection') && connectionOrigin !== null && url.origin === connectionOrigin;
  const byName = declared.some((rule) => rule !== 'connection' && hostMatches(rule, url.hostname));
  if (http && plain && (byConnection || byName)) return;
  throw flowError('HOST_NOT_ALLOWED', {
    what: plain
      ? `This step may not call ${url.protocol}//${url.host}.`
      : 'The address of the call carries a user name or password.',
    fix: plain
      ? `It may call: ${declared.map((rule) => (rule === 'connection' ? 'the host of its connection' : rule)).join(', ') || 'nothing'}. Correct the address, or use a connection for that host.`
      : 'Put credentials into a connection, never into an address.',
    owner: 'user',
    engine: 'stop',
  });
}
