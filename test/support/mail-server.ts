import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  /** The recipients of the envelope, as they were on the wire. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly attachments: readonly { readonly filename: string; readonly size: number }[];
}

/**
 * How the server treats mails: takes them; says nothing at all; refuses them for now, or for good; or takes them and
 * breaks the connection before it can say so.
 */
export type Temper = 'takes' | 'hangs' | 'refuses for now' | 'refuses for good' | 'breaks off';

/** Where in the dialogue a server refuses. */
export type Phase = 'greeting' | 'login' | 'sender' | 'recipient' | 'data';

export interface Refusal {
  readonly phase: Phase;
  readonly code: number;
  readonly text: string;
}

type Done = (error?: Error | null) => void;

/** A real mail server on the loopback, with a temper. */
export class MailServer implements AsyncDisposable {
  temper: Temper = 'takes';
  /** What it says instead of going on; undefined where nothing is refused. */
  refusal: Refusal | undefined;
  readonly received: ReceivedMail[] = [];
  /** How many mails were offered, taken or not. */
  offered = 0;
  private readonly events = new EventEmitter();
  private server: SMTPServer | undefined;
  private port = 0;

  static async start(temper: Temper = 'takes'): Promise<MailServer> {
    const started = new MailServer();
    started.temper = temper;
    await started.open();
    return started;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** For a client that logs in. */
  get urlWithLogin(): string {
    return `smtp://shop:secret@127.0.0.1:${this.port}`;
  }

  /** Listens, again at the same address after it was closed. */
  async open(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: true,
      closeTimeout: 100,
      onConnect: (_session, done) => done(this.refusedAt('greeting')),
      onAuth: (_auth, _session, done) => done(this.refusedAt('login'), { user: 'shop' }),
      onMailFrom: (_address, _session, done) => done(this.refusedAt('sender')),
      onRcptTo: (_address, _session, done) => done(this.refusedAt('recipient')),
      onData: (stream, session, done) => void this.answer(stream, session, done),
    });
    server.on('error', () => undefined);
    const listening = server.listen(this.port, '127.0.0.1');
    await once(listening, 'listening');
    this.port = (listening.address() as AddressInfo).port;
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }

  /** Settled once the server has taken a mail, or was offered one, that fits. */
  async until(isEnough: (server: MailServer) => boolean): Promise<void> {
    while (!isEnough(this)) await once(this.events, 'mail');
  }

  to(address: string): readonly ReceivedMail[] {
    return this.received.filter(({ to }) => to.includes(address));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Whoever is killed in the middle of a mail has not sent it. */
  private async answer(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: Done,
  ): Promise<void> {
    try {
      await this.receive(stream, session, done);
    } catch (error) {
      done(error as Error);
    }
  }

  private async receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: Done,
  ): Promise<void> {
    const { temper } = this;
    const mail = await simpleParser(stream);
    this.offered += 1;
    const refused = this.refusedAt('data');
    if (refused) {
      this.events.emit('mail');
      return done(refused);
    }
    if (temper === 'takes' || temper === 'breaks off') {
      this.received.push({
        messageId: mail.messageId ?? '',
        from: mail.from?.value[0]?.address ?? '',
        to: [mail.to ?? []].flat().flatMap(({ value }) => value.map(({ address = '' }) => address)),
        recipients: session.envelope.rcptTo.map(({ address }) => address),
        subject: mail.subject ?? '',
        attachments: mail.attachments.map(({ filename = '', size }) => ({ filename, size })),
      });
    }
    this.events.emit('mail');
    if (temper === 'takes') done();
    if (temper === 'refuses for now') done(refusal(451, 'Try again later'));
    if (temper === 'refuses for good') done(refusal(550, 'No such mailbox'));
    if (temper === 'breaks off') this.breakOff(session);
  }

  private refusedAt(phase: Phase): Error | null {
    if (this.refusal?.phase !== phase) return null;
    return refusal(this.refusal.code, this.refusal.text);
  }

  private breakOff({ id }: { readonly id?: string }): void {
    for (const connection of this.server?.connections ?? []) {
      const { id: own, _socket } = connection as { readonly id: string; readonly _socket: Socket };
      if (own === id) _socket.destroy();
    }
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
