import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import PdfDocument from 'pdfkit';
import { formatMoney } from '../platform/index.js';
import type { ReceiptIssued } from './billing.signals.js';

/** What is on paper: what was issued, and nothing of it that may change. */
export type PrintedReceipt = Pick<
  ReceiptIssued,
  'number' | 'orderNumber' | 'lines' | 'total' | 'issuedAt'
>;

const fonts = createRequire(import.meta.url);
/** Knows the letters of most names that products have; the fonts that every PDF has know Latin ones. */
const REGULAR = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

const MARGIN = 56;

/** A page or more in A4. */
export async function receiptPdf(receipt: PrintedReceipt): Promise<Buffer> {
  const document = new PdfDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'en',
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    info: { Title: `Receipt ${receipt.number}`, CreationDate: new Date(receipt.issuedAt) },
  });
  const written = buffer(document);
  write(document, receipt);
  document.end();
  return written;
}

function write(document: PDFKit.PDFDocument, receipt: PrintedReceipt): void {
  const { number, orderNumber, issuedAt, lines, total } = receipt;
  document.font(BOLD).fontSize(22).text(`Receipt ${number}`);
  document.moveDown(0.5).font(REGULAR).fontSize(10);
  document.text(`For order ${orderNumber}, paid on ${issuedAt.slice(0, 10)}.`).moveDown(2);
  document.table({
    defaultStyle: { border: [0, 0, 0.5, 0], borderColor: '#999', padding: [6, 4, 6, 4] },
    columnStyles: ['*', 60, 90, 90],
    data: [
      ['Product', right('Quantity'), right('Price'), right('Sum')].map(heading),
      ...lines.map(({ name, quantity, unitPrice, total: sum }) => [
        name,
        right(String(quantity)),
        right(formatMoney(unitPrice)),
        right(formatMoney(sum)),
      ]),
      ['Total', '', '', right(formatMoney(total))].map(heading),
    ],
  });
}

type Cell = string | { readonly text: string; readonly align: { x: 'right'; y: 'top' } };

function right(text: string): Cell {
  return { text, align: { x: 'right', y: 'top' } };
}

function heading(cell: Cell) {
  return { ...(typeof cell === 'string' ? { text: cell } : cell), font: { src: BOLD } };
}
