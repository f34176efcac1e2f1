import type { DeliverySettings } from '@waybill/api-contract';
import { mailHtml, mailText } from './mail-body.ts';
import { mailFault } from './mail-fault.ts';
import type { Message } from './message.ts';
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

/** Mail through the server of the settings; a password is never sent before the line is encrypted. */
export function smtpMail({ ca }: { ca: string[] | null }): SendMail {
  return async ({ server, to, message, messageId }) => {
    const { host, port, security, user, password, from, fromName } = server;
    // 40 modules, which an installation without mail need not carry.
    const { createTransport } = await import('nodemailer');
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
