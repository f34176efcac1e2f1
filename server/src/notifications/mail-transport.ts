import type { DeliverySettings } from '@waybill/api-contract';
import { createTransport } from 'nodemailer';
import type { Message } from './message.ts';
import { mailHtml, mailText } from './message.ts';
import type { SendOutcome } from './send-outcome.ts';

export type MailServer = Omit<NonNullable<DeliverySettings['mail']>, 'passwordSet'> & { password: string };
export interface MailRequest {
  server: MailServer;
  to: { name: string; address: string };
  message: Message;
  /** The same for every attempt, so that a reader's mail program knows a repeat. */
  messageId: string;
}
export type SendMail = (request: MailRequest) => Promise<SendOutcome>;

interface MailFault {
  code?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

/** @source RFC 5321 §4.2.1: 4xx may pass later, 5xx never; nodemailer gives both the same code, so the number decides. */
export function mailFault(error: unknown, { host, port }: Pick<MailServer, 'host' | 'port'>): SendOutcome {
  const { code = '', responseCode, response } = (error ?? {}) as MailFault;
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
  if (code === 'ETLS' || /CERT|SSL|SELF_SIGNED/.test(code))
    return fault(
      `${at} offers no encryption that is accepted.`,
      'Choose the other kind of encryption, or give its authority in WAYBILL_CA_FILE.',
      'way',
    );
  if (responseCode === 421 || responseCode === undefined)
    return fault(`${at} cannot be reached or broke off (${code || 'unknown fault'}).`, 'Check host and port.', 'way');
  if (responseCode >= 500)
    return fault(`${at} refuses the message (${responseCode}).`, 'Check sender and recipient address.', 'message');
  return fault(`${at} takes the message later (${responseCode}).`, 'It is tried again.', 'later');
}

/** Mail through the server of the settings; a password is never sent before the line is encrypted. */
export function smtpMail({ ca }: { ca: string[] | null }): SendMail {
  return async ({ server, to, message, messageId }) => {
    const { host, port, security, user, password, from, fromName } = server;
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === '' || security === 'none' ? {} : { auth: { user, pass: password } }),
      ...(ca === null ? {} : { tls: { ca } }),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: { name: fromName, address: from },
        to,
        subject: message.subject,
        text: mailText(message),
        html: mailHtml(message),
        messageId: `<${messageId}@${from.split('@')[1] ?? 'waybill'}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      return { ok: true };
    } catch (error) {
      return mailFault(error, server);
    } finally {
      transport.close();
    }
  };
}
