/** What nodemailer tells of a server that did not take a mail. */
interface SmtpFailure {
  /** How far the dialogue was: `CONN`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`; `API` before it began. */
  readonly command?: string;
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** Enhanced status codes (RFC 3463, RFC 7505): the address is wrong, or its mailbox is closed. */
const NO_SUCH_RECIPIENT = ['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.4', '5.1.6', '5.1.10', '5.2.1'];
/** The content cannot be converted, is too large, or is refused by a rule. */
const NO_SUCH_CONTENT = /^5\.6\.|^5\.3\.4$|^5\.7\.[01]$/;

/** Basic codes (RFC 5321) where a server gives no enhanced one. 552 is a full mailbox, which is emptied. */
const OF_RECIPIENTS = new Set([550, 551, 553]);
const OF_DATA = new Set([550, 551, 553, 554]);

/**
 * Whether a server will never take this mail: its recipient or its data are refused for good. Everything else can be
 * mended by somebody without changing the mail, whatever the code says: a login, a sender, a full mailbox, a route.
 */
export function isFinalRefusal(error: unknown): boolean {
  const { command, code, responseCode = 0, response = '' } = error as SmtpFailure;
  if (code === 'EENVELOPE' && command === 'API') return true; // it cannot even be offered
  if (responseCode < 500) return false;
  const status = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  switch (command) {
    case 'MAIL FROM':
      return status === '5.3.4';
    case 'RCPT TO':
      return status ? NO_SUCH_RECIPIENT.includes(status) : OF_RECIPIENTS.has(responseCode);
    case 'DATA':
      return status
        ? NO_SUCH_RECIPIENT.includes(status) || NO_SUCH_CONTENT.test(status)
        : OF_DATA.has(responseCode);
    default:
      return false;
  }
}
