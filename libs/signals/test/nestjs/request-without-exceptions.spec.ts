import { describe, expect, it, jest } from '@jest/globals';

jest.unstable_mockModule('@nestjs/core/exceptions/exceptions-handler.js', () => ({}));
const { Desk } = await import('./request-desk.js');
const { serve } = await import('./request-support.js');
const { Receiver } = await import('nestjs-signals');
const { requestFailed } = await import('nestjs-signals/nestjs');

class Reporting {
  heard = 0;
  @Receiver(requestFailed, { dispatchUid: 'reporting.hear' })
  hear(): void {
    this.heard += 1;
  }
}

describe('A Nest that handles exceptions elsewhere', () => {
  it('costs requestFailed alone, and whoever waits for it is told so at start', async () => {
    const reported: string[] = [];
    const served = await serve(
      'Fastify',
      { controllers: [Desk], providers: [Reporting] },
      { signals: { onError: (error, what) => reported.push(`${what}: ${String(error)}`) } },
    );

    const { status } = await served.fetch('/broken');
    await served.finishes();
    await served.close();

    expect(status).toBe(500);
    expect(served.finished).toEqual([expect.objectContaining({ status: 500 })]);
    expect(served.failed).toEqual([]);
    expect(reported).toEqual([
      expect.stringMatching(
        /^'http\.requestFailed' is never sent: Error: This version of Nest handles exceptions in another place/,
      ),
    ]);
  });

  it('is not spoken of where nobody waits for it', async () => {
    const reported: unknown[] = [];
    const served = await serve(
      'Express',
      { controllers: [Desk] },
      { signals: { onError: (error) => reported.push(error) } },
    );
    await served.close();

    expect(reported).toEqual([]);
  });
});
