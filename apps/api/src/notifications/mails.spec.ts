import type { ReceiptIssued } from '../billing/index.js';
import { receiptMail, welcomeMail } from './mails.js';

const receipt: ReceiptIssued = {
  receiptId: 'r1',
  number: 'R-2026-000001',
  orderId: 'o1',
  orderNumber: 'O-2026-000123',
  customerId: 'c1',
  lines: [
    {
      productId: 'p1',
      name: 'Nuts & <b>bolts</b>',
      quantity: 2,
      unitPrice: { amount: 1250, currency: 'EUR' },
      total: { amount: 2500, currency: 'EUR' },
    },
  ],
  total: { amount: 2500, currency: 'EUR' },
  issuedAt: '2026-03-01T10:00:00.000Z',
};

const PDF = Buffer.from('%PDF-1.7');

describe('The receipt mail', () => {
  it('says what was paid', () => {
    const { subject, text } = receiptMail(receipt, PDF, 'ada@example.test');

    expect(subject).toBe('Receipt R-2026-000001 for order O-2026-000123');
    expect(text).toContain('was paid on 2026-03-01');
    expect(text).toContain('2 × Nuts & <b>bolts</b>: €25.00');
    expect(text).toContain('Total: €25.00');
  });

  it('escapes names in its html', () => {
    const { html } = receiptMail(receipt, PDF, 'ada@example.test');

    expect(html).toContain('2 × Nuts &amp; &lt;b&gt;bolts&lt;/b&gt; at €12.50');
    expect(html).not.toContain('<b>bolts');
  });

  it('has the receipt as a PDF with it', () => {
    const { attachments } = receiptMail(receipt, PDF, 'ada@example.test');

    expect(attachments).toEqual([
      { filename: 'R-2026-000001.pdf', content: PDF, contentType: 'application/pdf' },
    ]);
  });

  it('writes a currency with its own number of digits', () => {
    const yen = { amount: 2500, currency: 'JPY' };

    expect(receiptMail({ ...receipt, total: yen }, PDF, 'ada@example.test').text).toContain(
      '¥2,500',
    );
  });
});

describe('The welcome mail', () => {
  it('goes to the address as it was typed', () => {
    const mail = welcomeMail({ email: 'Ada@example.test' });

    expect(mail).toMatchObject({ to: 'Ada@example.test', subject: 'Welcome' });
    expect(mail.text).toContain('Ada@example.test');
  });
});
