import type { Transporter } from 'nodemailer';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Mailer } from './mails.ts';
import type { PostOutcome } from './post.ts';

/** The server that mails are given to. */
export interface SmtpSettings {
  /** `smtp://host:port`, with STARTTLS where the server has it, or `smtps://host:port`. */
  readonly url: string;
  /** The address that mails are from. */
  readonly from: string;
  readonly login?: { readonly username: string; readonly password: string };
}

/** A server has this long for each step, and for the whole of a mail. */
const stepTime: Milliseconds = 15_000;
const wholeTime: Milliseconds = 60_000;

/** Gives mails to a server over SMTP, each over a connection of its own. The library is read with the first mail. */
export function createMailer(settings: SmtpSettings, clock: Clock): Mailer {
  let opening: Promise<Transporter> | undefined;
  const transporter = () => {
    opening ??= open(settings).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    send: async (mail, signal) => {
      const timeout = new AbortController();
      const cancel = clock.after(wholeTime, () =>
        timeout.abort(new Error('the mail server took longer than a minute')),
      );
      try {
        const { to, fromName, subject, text, id, headers } = mail;
        await (await transporter()).sendMail({
          ...{ subject, text, headers, date: new Date(clock.now()) },
          from: { name: fromName, address: settings.from },
          to: { name: '', address: to },
          envelope: { from: settings.from, to },
          messageId: `<${id}@${settings.from.slice(settings.from.lastIndexOf('@') + 1)}>`,
          signal: AbortSignal.any([signal, timeout.signal]),
        });
        return { kind: 'delivered' };
      } catch (error) {
        return failureOf(timeout.signal.aborted ? timeout.signal.reason : error);
      } finally {
        cancel();
      }
    },
    close: () => void opening?.then((it) => it.close()).catch(() => undefined),
  };
}

async function open({ url, login }: SmtpSettings): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return createTransport({
    ...{ host, secure, port: Number(port) || (secure ? 465 : 25) },
    ...(login && { auth: { user: login.username, pass: login.password } }),
    // A password goes over no open network.
    requireTLS: login !== undefined && !secure && !/^(localhost|127\.[\d.]+|::1)$/.test(host),
    ...{ connectionTimeout: stepTime, greetingTimeout: stepTime, socketTimeout: stepTime, dnsTimeout: stepTime },
    // Nothing that is published makes the server read a file or a URL.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
}

/** What SMTP calls permanent (5xx) is not tried again; but for the login, which the operator may mend. */
function failureOf(error: unknown): PostOutcome {
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message?: string };
  const reason = message || String(error);
  const isPermanent = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
  return { kind: isPermanent ? 'refused' : 'failed', reason };
}
