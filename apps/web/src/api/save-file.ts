import { contentOf, Failure, orLost } from './failure.js';
import { send } from './send.js';

/** Saves what an address answers with as a file; a plain link could not send the access token along. */
export async function saveFile(address: string, name: string): Promise<void> {
  const answer = await send(new Request(address));
  if (!answer.ok) throw Failure.of(answer.status, await contentOf(answer));
  const content = await orLost(answer.blob());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
