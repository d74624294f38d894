import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are, and reads the answer until the server ends the connection. */
export async function sendRaw(url: string, ...parts: readonly string[]): Promise<RawAnswer> {
  using connection = open(url);
  for (const part of parts) connection.socket.write(part, 'latin1');
  const chunks: Buffer[] = [];
  connection.socket.on('data', (chunk) => chunks.push(chunk));
  await once(connection.socket, 'close');
  return parse(Buffer.concat(chunks).toString());
}

function open(url: string): Disposable & { readonly socket: Socket } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return { socket, [Symbol.dispose]: () => void socket.destroy() };
}

function parse(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const [name = '', value = ''] = line.split(/: */, 2);
    return [name.toLowerCase(), value] as const;
  });
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body };
}
