import { NonRetryableError } from 'nestjs-signals/durable';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
}

/** The mail server will never take this mail: sending it again is of no use. */
export class MailRefusedError extends NonRetryableError {
  override readonly name = 'MailRefusedError';
}

/** Sends mail; the token by which an implementation is injected. */
export abstract class Mailer {
  /**
   * Resolves once the mail server has accepted the mail.
   *
   * @param key becomes part of the Message-ID: a mail that is sent twice can be told by it.
   * @throws MailRefusedError when the server will never take this mail; other errors may pass.
   */
  abstract send(mail: Mail, key: string): Promise<void>;
}
