import { formatMoney } from '../platform/index.js';
import type { ReceiptIssued } from './billing.signals.js';
import { PdfPrinter } from './pdf-printer.js';

/** What is on paper: what was issued, and nothing of it that may change. */
export type PrintedReceipt = Pick<
  ReceiptIssued,
  'number' | 'orderNumber' | 'lines' | 'total' | 'issuedAt'
>;

const printer = new PdfPrinter();

/**
 * A page or more in A4.
 *
 * @throws PrinterBusyError
 */
export function receiptPdf(receipt: PrintedReceipt): Promise<Buffer> {
  const { number, orderNumber, issuedAt, lines, total } = receipt;
  return printer.print({
    title: `Receipt ${number}`,
    date: issuedAt,
    note: `For order ${orderNumber}, paid on ${issuedAt.slice(0, 10)}.`,
    head: ['Product', 'Quantity', 'Price', 'Sum'],
    rows: lines.map(({ name, quantity, unitPrice, total: sum }) => [
      name,
      String(quantity),
      formatMoney(unitPrice),
      formatMoney(sum),
    ]),
    foot: ['Total', '', '', formatMoney(total)],
  });
}
