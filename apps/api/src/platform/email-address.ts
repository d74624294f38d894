import { domainToASCII, domainToUnicode } from 'node:url';
import { isEmail } from 'class-validator';

/** A dot-atom (RFC 5322, RFC 6531) of letters, digits and marks: nothing invisible, nothing that is quoted. */
const LOCAL_PART =
  /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+(\.[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+)*$/u;
const ASCII = /^[\x21-\x7e]+$/;
/** Of an address that mail servers take (RFC 5321). */
export const EMAIL_MAX = 254;

/**
 * Whether a text is one address that every mailer reads as the same one. What it would parse differently, as a list,
 * a name with an address, or after a character that nobody sees, is none; nor is what only looks like another one.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > EMAIL_MAX) return false;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  return (
    isEmail(text) &&
    LOCAL_PART.test(local) &&
    isUsual(local) &&
    (ASCII.test(domain) || isIdn(domain))
  );
}

/** The one spelling under which an address is registered, looked up and counted. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** The mailbox behind an address: most servers deliver `ada+shop@` to `ada@`. */
export function mailboxKey(email: string): string {
  const key = emailKey(email);
  const plus = key.indexOf('+');
  const at = key.indexOf('@', plus);
  return plus < 0 || at < 0 ? key : key.slice(0, plus) + key.slice(at);
}

function isUsual(text: string): boolean {
  return text.normalize('NFKC') === text.normalize('NFC');
}

function isIdn(domain: string): boolean {
  const ascii = domainToASCII(domain);
  return ascii !== '' && domainToUnicode(ascii) === domain.normalize('NFC').toLowerCase();
}
