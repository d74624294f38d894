import { PdfPrinter, PrinterBusyError, type Sheet } from './pdf-printer.js';

describe('The printer of PDFs', () => {
  it('prints a sheet, and the same one once', async () => {
    const printer = new PdfPrinter();

    const [pdf, same, other] = await Promise.all([
      printer.print(sheet('one')),
      printer.print(sheet('one')),
      printer.print(sheet('other')),
    ]);

    expect(pdf?.subarray(0, 5).toString()).toBe('%PDF-');
    expect(same).toBe(pdf);
    expect(other).not.toBe(pdf);
    expect(await printer.print(sheet('one'))).toBe(pdf);
  });

  it('leaves the event loop to others meanwhile', async () => {
    const printer = new PdfPrinter();
    const story: string[] = [];

    const printing = Promise.all(
      Array.from({ length: 3 }, async (_, index) => {
        await printer.print(sheet(`number ${index}`));
        story.push('printed');
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    story.push('another');
    await printing;

    expect(story[0]).toBe('another');
  });

  it('refuses more than it can do in a while, and goes on when there is room', async () => {
    const printer = new PdfPrinter(2);
    const orders = Array.from({ length: 5 }, (_, index) => printer.print(sheet(`${index}`)));

    const results = await Promise.allSettled(orders);

    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: expect.any(PrinterBusyError) });
    await expect(printer.print(sheet('after'))).resolves.toBeInstanceOf(Buffer);
  });

  it('tells what it cannot print, and prints it when it can', async () => {
    const printer = new PdfPrinter();
    const impossible = { ...sheet('x'), rows: 1 } as unknown as Sheet;

    await expect(printer.print(impossible)).rejects.toThrow('rows.map');

    await expect(printer.print(sheet('x'))).resolves.toBeInstanceOf(Buffer);
  });
});

function sheet(title: string): Sheet {
  return {
    title,
    date: '2026-03-01T10:00:00Z',
    note: 'A note.',
    head: ['Product', 'Quantity', 'Price', 'Sum'],
    rows: [['Кружка', '1', '€12.50', '€12.50']],
    foot: ['Total', '', '', '€12.50'],
  };
}
