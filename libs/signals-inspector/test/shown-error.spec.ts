import { describe, expect, it } from '@jest/globals';
import { shownError } from '../src/recorder/shown-error.js';

describe('An error that is shown', () => {
  it('has the frames of the application first, told from where it runs', () => {
    const error = new Error('no');
    error.stack = [
      'Error: no',
      '    at Socket.emit (node:events:519:28)',
      `    at send (file://${process.cwd()}/node_modules/nodemailer/lib/index.js:1:2)`,
      `    at pay (file://${process.cwd()}/src/pay.ts:3:4)`,
      `    at act (${process.cwd()}/src/act.ts:5:6)`,
    ].join('\n');

    expect(shownError(error).stack).toEqual([
      'at pay (src/pay.ts:3:4)',
      'at act (src/act.ts:5:6)',
      'at Socket.emit (node:events:519:28)',
      'at send (node_modules/nodemailer/lib/index.js:1:2)',
    ]);
  });

  it('has its causes, five deep at most, and whatever was thrown in words', () => {
    let error = new Error('0');
    for (let depth = 1; depth < 9; depth += 1) error = new Error(String(depth), { cause: error });

    const messages: string[] = [];
    for (let at: ReturnType<typeof shownError> | undefined = shownError(error); at; at = at.cause) {
      messages.push(at.message);
    }

    expect(messages).toEqual(['8', '7', '6', '5', '4']);
    expect(shownError('a text')).toMatchObject({ name: 'string', message: 'a text' });
  });
});
