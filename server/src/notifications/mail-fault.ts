import type { SendOutcome } from './send-outcome.ts';

interface MailFault {
  code?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

const trustFix =
  'Have its certificate signed by a known authority, or give the PEM file of yours in WAYBILL_CA_FILE, and start anew.';

/**
 * What is wrong with the encryption, in words; null if it is something else.
 * @source nodemailer gives all of them the code ESOCKET; the messages are those of Node's `tls` and of OpenSSL.
 */
function encryptionFault(message: string): { what: string; fix: string } | null {
  const named = /is not in the cert's altnames: (.*)|is not cert's CN: (.*)/.exec(message);
  if (named || /does not match certificate/.test(message)) {
    const names = (named?.[1] ?? named?.[2] ?? '').replaceAll(/(DNS|IP Address):/g, '').trim();
    return {
      what: `has a certificate that is for ${names || 'another name'}, not for HOST.`,
      fix: 'Enter the name the certificate is for as the mail server.',
    };
  }
  if (/certificate has expired/.test(message))
    return { what: 'has a certificate that has run out.', fix: 'Whoever runs the mail server renews it.' };
  if (/certificate is not yet valid/.test(message))
    return { what: 'has a certificate that is not valid yet.', fix: 'Check the clocks of both machines.' };
  if (/self[- ]signed certificate|unable to (verify|get)|unable to find|issuer/.test(message))
    return { what: 'has a certificate that is signed by nobody this server trusts.', fix: trustFix };
  if (/wrong version number|packet length too long|record layer|unknown protocol/.test(message))
    return {
      what: 'does not begin with TLS.',
      fix: 'Choose STARTTLS instead of TLS, or the port for TLS (usually 465).',
    };
  if (/unsupported protocol|handshake failure|no protocols available|alert/.test(message))
    return {
      what: 'agrees on no encryption with this server.',
      fix: 'Whoever runs the mail server allows TLS 1.2 or newer.',
    };
  return null;
}

/** @source RFC 5321 §4.2.1: 4xx may pass later, 5xx never; nodemailer gives both the same code, so the number decides. */
export function mailFault(error: unknown, { host, port }: { host: string; port: number }): SendOutcome {
  const { code = '', responseCode, response, message = '' } = (error ?? {}) as MailFault;
  const at = `${host}:${port}`;
  const said = response ? ` It said: ${response.slice(0, 200)}` : '';
  const fault = (what: string, fix: string, because: 'message' | 'later' | 'way'): SendOutcome => ({
    ok: false,
    what: what + said,
    fix,
    because,
  });
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return fault(`${at} does not accept user and password.`, 'Correct them in the delivery settings.', 'way');
  if (code === 'ETLS' && responseCode !== undefined)
    return fault(
      `${at} offers no STARTTLS.`,
      'Choose TLS and its port (usually 465), or have STARTTLS switched on there.',
      'way',
    );
  const encryption = encryptionFault(message);
  if (encryption) return fault(`${at} ${encryption.what.replace('HOST', host)}`, encryption.fix, 'way');
  if (/Greeting never received/.test(message))
    return fault(
      `${at} says nothing.`,
      'It may want TLS from the first byte on: choose TLS, or the port for STARTTLS (usually 587).',
      'way',
    );
  if (responseCode === 530)
    return fault(`${at} wants user and password.`, 'Enter them in the delivery settings.', 'way');
  if (code === 'ENOTFOUND' || code === 'EDNS')
    return fault(`There is no machine called ${host}.`, 'Check the name of the mail server.', 'way');
  if (responseCode === 421 || responseCode === undefined)
    return fault(`${at} cannot be reached or broke off (${code || 'unknown fault'}).`, 'Check host and port.', 'way');
  if (responseCode >= 500)
    return fault(`${at} refuses the message (${responseCode}).`, 'Check sender and recipient address.', 'message');
  return fault(`${at} takes the message later (${responseCode}).`, 'It is tried again.', 'later');
}
