export interface Mail {
  /** Names the effect, like `receipt.<id>`: a mail sent twice carries the same Message-ID twice. */
  readonly effect: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sends mail; the token by which an implementation is injected. */
export abstract class Mailer {
  /** Resolves once the mail server has accepted the mail. */
  abstract send(mail: Mail): Promise<void>;
}
