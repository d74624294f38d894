export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of server-sent events over a real connection. */
export class EventStream implements AsyncDisposable {
  private readonly reader: ReadableStreamDefaultReader<string>;
  private text = '';

  private constructor(body: ReadableStream<string>) {
    this.reader = body.getReader();
  }

  static async open(url: string, token: string): Promise<EventStream> {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok || !response.body) throw new Error(`${response.status} for ${url}`);
    return new EventStream(response.body.pipeThrough(new TextDecoderStream()));
  }

  /** The next event, or undefined when the stream has ended. */
  async next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      const block = this.text.slice(0, Math.max(end, 0));
      if (end >= 0) this.text = this.text.slice(end + 2);
      if (block.includes('data:')) return parse(block);
      if (end >= 0) continue;

      const { done, value } = await this.reader.read();
      if (done) return undefined;
      this.text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reader.cancel();
  }
}

function parse(block: string): StreamEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: field('id'), type: field('event'), data: JSON.parse(field('data')) };
}
