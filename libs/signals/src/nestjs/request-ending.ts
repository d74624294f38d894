import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What waits for a connection to close; its requests, pipelined in any number, share a listener. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `ended` once: when the answer is out as a whole, when it never will be, or when the
 * connection is gone. The response alone would not tell the last: while it is queued behind others
 * of its connection it has no socket, and hears nothing of its end. Over HTTP/2 a response that was
 * cut off finishes too, but nobody has ended it.
 */
export function onRequestEnd(
  request: IncomingMessage,
  response: ServerResponse,
  ended: (isAborted: boolean) => void,
): void {
  let others: Set<() => void> | undefined;
  let isOver = false;
  const end = (isAborted: boolean): void => {
    if (isOver) return;
    isOver = true;
    others?.delete(abort);
    ended(isAborted);
  };
  const abort = (): void => end(true);
  response.once('finish', () => end(!response.writableEnded)).once('close', abort);
  // Serverless runtimes make requests up, without a connection.
  const socket = request.socket as Socket | undefined;
  if (socket?.destroyed) process.nextTick(abort);
  else if (socket?.once) others = waitingFor(socket).add(abort);
}

function waitingFor(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known) return known;
  const listeners = new Set<() => void>();
  waiting.set(socket, listeners);
  socket.once('close', () => {
    for (const listener of listeners) listener();
  });
  return listeners;
}
