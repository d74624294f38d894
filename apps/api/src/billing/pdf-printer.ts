import { Worker } from 'node:worker_threads';
import { DomainError } from '../platform/index.js';

/** What is printed: a heading, a sentence and a table. */
export interface Sheet {
  readonly title: string;
  /** ISO 8601. */
  readonly date: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly foot: readonly string[];
}

export interface PdfOrder {
  readonly id: number;
  readonly sheet: Sheet;
}

export type PdfAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_WAITING = 50;
const MOST_KEPT = 100;

/** Beside this module: TypeScript where tests run the sources, JavaScript where they are built. */
const WRITER = new URL(`./pdf-writer.worker${import.meta.url.slice(-3)}`, import.meta.url);

export class PrinterBusyError extends DomainError {
  readonly status = 503;
  readonly code = 'printer-busy';
  readonly title = 'Too many PDFs are being written';

  constructor() {
    super('Try again in a moment.');
  }
}

/**
 * Writes PDFs, each of which is a tenth of a second's work or more, in a thread of its own, one after the other.
 * Keeps the latest ones: what is on a sheet tells all that is in its PDF.
 */
export class PdfPrinter {
  private readonly kept = new Map<string, Promise<Buffer>>();
  private readonly waiting = new Map<number, Waiting>();
  private orders = 0;
  private worker: Worker | undefined;

  constructor(private readonly mostWaiting = MOST_WAITING) {}

  /** @throws PrinterBusyError */
  async print(sheet: Sheet): Promise<Buffer> {
    const key = JSON.stringify(sheet);
    const kept = this.kept.get(key);
    if (kept) return kept;
    if (this.waiting.size >= this.mostWaiting) throw new PrinterBusyError();
    const pdf = this.order(sheet);
    this.keep(key, pdf);
    return pdf;
  }

  private keep(key: string, pdf: Promise<Buffer>): void {
    this.kept.set(key, pdf);
    pdf.catch(() => this.kept.delete(key));
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  private order(sheet: Sheet): Promise<Buffer> {
    this.worker ??= this.start();
    const id = (this.orders += 1);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a thread, not a window
    this.worker.postMessage({ id, sheet } satisfies PdfOrder);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private start(): Worker {
    const worker = new Worker(WRITER, { execArgv: [], name: 'pdf-writer' });
    worker.on('message', (answer: PdfAnswer) => this.take(answer));
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', (code) => this.fail(new Error(`The writer of PDFs ended with ${code}.`)));
    worker.unref(); // after the listeners, which would hold the process
    return worker;
  }

  private take(answer: PdfAnswer): void {
    const order = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('pdf' in answer) order?.resolve(Buffer.from(answer.pdf));
    else order?.reject(new Error(answer.error));
  }

  /** The next order starts another one. */
  private fail(error: unknown): void {
    this.worker = undefined;
    for (const order of this.waiting.values()) order.reject(error);
    this.waiting.clear();
  }
}
