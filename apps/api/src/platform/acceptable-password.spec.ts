import { passwordFault } from './acceptable-password.js';

const EMAIL = 'ada@example.test';

describe('What makes a password acceptable', () => {
  it('takes a long password without digits or capitals', () => {
    expect(passwordFault('correct horse battery staple', EMAIL)).toBeUndefined();
  });

  it.each([
    ['short', 'at least 10 characters'],
    ['x'.repeat(129), 'at most 128 characters'],
    ['Password123', 'commonest'],
    ['aaaabbbbcccc', 'different characters'],
    ['I am ADA, hello', 'name in your e-mail'],
  ])('refuses %s', (password, reason) => {
    expect(passwordFault(password, EMAIL)).toContain(reason);
  });

  it('ignores a name of one or two letters, which half of all passwords contain', () => {
    expect(passwordFault('correct horse battery', 'co@example.test')).toBeUndefined();
  });
});
