import { sendWithin } from './send.js';

/**
 * The types of the server-sent events of an address, as they arrive, until the stream ends. EventSource cannot send
 * the access token along.
 */
export async function* eventsOf(address: string, end: AbortSignal): AsyncGenerator<string> {
  const answer = await sendWithin(new Request(address), end);
  if (!answer.ok || !answer.body) throw new Error(`${address} answered ${answer.status}.`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, type] = /^event: ?(.*)$/m.exec(block) ?? [];
      if (type !== undefined) yield type;
    }
  }
}
