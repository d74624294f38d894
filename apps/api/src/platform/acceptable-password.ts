import { ValidateBy, type ValidationArguments } from 'class-validator';

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
const DIFFERENT_MIN = 5;

/** What guessers try first, of those that are long enough. */
const COMMON = new Set(
  `1234567890 12345678910 0123456789 0987654321 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345
  qwerty123456 q1w2e3r4t5 asdfghjkl1 password12 password123 password1234 password12345 passw0rd123
  p@ssw0rd123 p@ssword123 iloveyou123 iloveyou12 letmein123 letmein1234 welcome123 welcome1234
  administrator changeme123 football123 baseball123 princess123 sunshine123 superman123 superman12
  starwars123 trustno1234 michael123 abcdefghij abc1234567 abcd123456 a123456789 123456789a
  1234567891 9876543210 asdfghjkl; zxcvbnm123 secret1234 monkey1234 dragon1234 master1234`.split(
    /\s+/,
  ),
);

/**
 * Why a password would not protect an account, or undefined when it would: length counts, not the kinds of
 * its characters (NIST SP 800-63B).
 */
export function passwordFault(password: string, email: string): string | undefined {
  if (password.length < PASSWORD_MIN) return `must have at least ${PASSWORD_MIN} characters`;
  if (password.length > PASSWORD_MAX) return `must have at most ${PASSWORD_MAX} characters`;
  const lower = password.toLowerCase();
  const [name = ''] = email.trim().toLowerCase().split('@', 1);
  if (COMMON.has(lower)) return 'must not be one of the commonest passwords';
  if (new Set(lower).size < DIFFERENT_MIN) {
    return `must have at least ${DIFFERENT_MIN} different characters`;
  }
  if (name.length > 2 && lower.includes(name)) return 'must not contain the name in your e-mail';
  return undefined;
}

/** Checks a password beside the field with the e-mail of its account. */
export function IsAcceptablePassword(emailField = 'email'): PropertyDecorator {
  const faultOf = (value: unknown, { object }: ValidationArguments): string | undefined => {
    if (typeof value !== 'string') return 'must be text';
    const email: unknown = Reflect.get(object, emailField);
    return passwordFault(value, typeof email === 'string' ? email : '');
  };
  return ValidateBy({
    name: 'isAcceptablePassword',
    validator: {
      validate: (value, rule) => rule !== undefined && faultOf(value, rule) === undefined,
      defaultMessage: (rule) => (rule && faultOf(rule.value, rule)) ?? 'must be another one',
    },
  });
}
