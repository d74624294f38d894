import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { Mailer, MailRefusedError, type Mail } from './mailer.js';
import { isFinalRefusal } from './smtp-refusal.js';

/** A worker waits no longer for a mail server that hangs; its delivery is tried again. */
const TIMEOUT_MS = 10_000;

const connections = (url: string) => ({
  url,
  pool: true as const,
  connectionTimeout: TIMEOUT_MS,
  greetingTimeout: TIMEOUT_MS,
  socketTimeout: TIMEOUT_MS,
});

/** Keeps a few connections to one mail server. */
export class SmtpMailer extends Mailer implements OnApplicationShutdown {
  private readonly transporter;
  private readonly domain: string;

  constructor(url: string, from: string) {
    super();
    this.transporter = createTransport(connections(url), { from });
    this.domain = domainOf(from);
  }

  async send({ attachments = [], to: address, ...mail }: Mail, key: string): Promise<void> {
    const messageId = `<${key}@${this.domain}>`;
    const to = { name: '', address }; // a text would be parsed, as a list of addresses
    try {
      await this.transporter.sendMail({ ...mail, to, attachments: [...attachments], messageId });
    } catch (error) {
      throw isFinalRefusal(error) ? new MailRefusedError(String(error), { cause: error }) : error;
    }
  }

  onApplicationShutdown(): void {
    this.transporter.close();
  }
}

function domainOf(address: string): string {
  return /@([^\s@<>]+)>?\s*$/.exec(address)?.[1] ?? 'localhost';
}
