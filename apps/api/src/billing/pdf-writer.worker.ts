/** Runs in a thread of its own, and alone: it imports packages and nothing of the application. */
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { parentPort } from 'node:worker_threads';
import PdfDocument from 'pdfkit';
import type { PdfAnswer, PdfOrder, Sheet } from './pdf-printer.js';

const fonts = createRequire(import.meta.url);
/** Knows the letters of most names that products have; the fonts that every PDF has know Latin ones. */
const REGULAR = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

const MARGIN = 56;

parentPort?.on('message', ({ id, sheet }: PdfOrder) => {
  print(sheet).then(
    (pdf) => answer({ id, pdf }),
    (error: unknown) => answer({ id, error: String(error) }),
  );
});

function answer(message: PdfAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a thread, not a window
  parentPort?.postMessage(message);
}

/** A page or more in A4. */
async function print(sheet: Sheet): Promise<Buffer> {
  const document = new PdfDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'en',
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    info: { Title: sheet.title, CreationDate: new Date(sheet.date) },
  });
  const written = buffer(document);
  write(document, sheet);
  document.end();
  return written;
}

function write(document: PDFKit.PDFDocument, { title, note, head, rows, foot }: Sheet): void {
  document.font(BOLD).fontSize(22).text(title);
  document.moveDown(0.5).font(REGULAR).fontSize(10);
  document.text(note).moveDown(2);
  document.table({
    defaultStyle: { border: [0, 0, 0.5, 0], borderColor: '#999', padding: [6, 4, 6, 4] },
    columnStyles: ['*', 60, 90, 90],
    data: [headingOf(head), ...rows.map(cellsOf), headingOf(foot)],
  });
}

/** Names to the left, numbers to the right. */
function cellsOf([name = '', ...numbers]: readonly string[]) {
  return [name, ...numbers.map((text) => ({ text, align: { x: 'right', y: 'top' } as const }))];
}

function headingOf(row: readonly string[]) {
  return cellsOf(row).map((cell) => ({
    ...(typeof cell === 'string' ? { text: cell } : cell),
    font: { src: BOLD },
  }));
}
