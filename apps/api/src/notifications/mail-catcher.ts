import { once } from 'node:events';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface CaughtMail {
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly receivedAt: string;
}

const KEPT = 200;

/** A mail server for development: speaks SMTP on a free port of the loopback, delivers nothing, keeps the last mails. */
@Injectable()
export class MailCatcher implements OnApplicationShutdown {
  private server?: SMTPServer;
  private mails: readonly CaughtMail[] = [];

  get isRunning(): boolean {
    return this.server !== undefined;
  }

  /** The newest first; with an address, only the mails to it. */
  list(to?: string): readonly CaughtMail[] {
    const wanted = to?.toLowerCase();
    return this.mails.filter(
      (mail) => wanted === undefined || mail.to.some((address) => address.toLowerCase() === wanted),
    );
  }

  /** Answers with the URL to send to. */
  async start(): Promise<string> {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 1_000,
      onData: (stream, _session, done) => {
        simpleParser(stream, (error, mail) => {
          if (!error) this.mails = [caught(mail), ...this.mails].slice(0, KEPT);
          done(error);
        });
      },
    });
    const listening = this.server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('TCP is expected.');
    return `smtp://127.0.0.1:${address.port}`;
  }

  async onApplicationShutdown(): Promise<void> {
    const server = this.server;
    if (!server) return;
    delete this.server;
    await new Promise<void>((resolve) => server.close(resolve));
  }
}

function caught(mail: ParsedMail): CaughtMail {
  return {
    from: mail.from?.text ?? '',
    to: addresses(mail.to),
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    receivedAt: new Date().toISOString(),
  };
}

function addresses(to: AddressObject | AddressObject[] | undefined): string[] {
  return [to ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .flatMap(({ address }) => (address ? [address] : []));
}
