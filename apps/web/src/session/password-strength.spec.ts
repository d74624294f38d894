import { strengthOf } from './password-strength.js';

describe('The strength of a password', () => {
  it.each([
    ['', 'At least 10 characters. A few words do well.'],
    ['correct', '3 more characters to go.'],
    ['correct h', '1 more character to go.'],
    ['aaaaaaaaaaaa', 'Weak: it repeats itself.'],
    ['correct horse', 'Good enough. Longer is better.'],
    ['correct horse battery', 'Strong.'],
  ])('is told in words: %p', (password, words) => {
    expect(strengthOf(password)).toBe(words);
  });
});
