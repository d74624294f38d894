import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { Mailer, type Mail } from './mailer.js';

/** The answer to a request waits for its mail, so a mail server that hangs may not take long. */
const TIMEOUT_MS = 3_000;

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

  async send({ effect, ...mail }: Mail): Promise<void> {
    await this.transporter.sendMail({ ...mail, messageId: `<${effect}@${this.domain}>` });
  }

  onApplicationShutdown(): void {
    this.transporter.close();
  }
}

function domainOf(address: string): string {
  return /@([^\s@<>]+)>?\s*$/.exec(address)?.[1] ?? 'localhost';
}
