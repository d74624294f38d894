import { once } from 'node:events';

import { SMTPServer } from 'smtp-server';

/**
 * Does the work while a mail server runs that takes no mail at all; the work is told its address.
 *
 * @template T
 * @param {(url: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withRefusingMailServer(work) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error('No such mailbox'), { responseCode: 550 })),
  });
  server.on('error', () => {}); // who has heard the refusal may hang up
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  try {
    return await work(`smtp://127.0.0.1:${listening.address().port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
