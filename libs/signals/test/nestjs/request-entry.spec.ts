import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { currentCause, type EntryTrace, type SendTrace } from 'nestjs-signals/diagnostics';
import { Told } from '../support/tracing.js';
import { adapterNames, serve } from './request-support.js';

const counted = defineSignal<{ count: number }>('entries.counted');

@Controller('counts')
class Counts {
  constructor(@Inject(Signals) private readonly signals: Signals) {}

  @Get(':id')
  read(@Param('id') _id: string): { entry: string | undefined } {
    const cause = currentCause();
    return { entry: cause?.kind === 'entry' ? cause.id : undefined };
  }

  @Post(':id')
  async count(@Body() { count }: { count: number }): Promise<void> {
    await this.signals.send(counted, { count });
  }

  @Get(':id/broken')
  broken(): never {
    throw new Error('broken');
  }
}

describe.each(adapterNames)('The channel signals:entry on %s', (adapter) => {
  it('tells of a request, its route and how it ended', async () => {
    const served = await serve(adapter, { controllers: [Counts] });
    using ended = new Told<EntryTrace>('tracing:signals:entry:asyncEnd', (trace) => trace);

    await served.fetch('/counts/7?secret=1');
    await served.finishes();

    expect(ended.all).toMatchObject([
      {
        entry: 'http',
        id: served.started[0]?.id,
        facts: {
          method: 'GET',
          path: '/counts/7',
          route: '/counts/:id',
          handler: 'Counts.read',
          status: 200,
          aborted: false,
        },
      },
    ]);
    await served.close();
  });

  it('is the cause of what a handler does, also of one that read a body', async () => {
    const served = await serve(adapter, { controllers: [Counts] });
    using sent = new Told<SendTrace>('tracing:signals:send:start', (trace) => trace);
    using begun = new Told<EntryTrace>('tracing:signals:entry:start', (trace) => trace);

    const read = await (await served.fetch('/counts/7')).json();
    await served.fetch('/counts/7', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: 1 }),
    });
    await served.finishes(2);

    expect(read).toEqual({ entry: begun.all[0]?.id });
    const send = sent.all.find(({ signal }) => signal === counted);
    expect(send?.cause).toBe(begun.all[1]);
    await served.close();
  });

  it('is the cause of all that is told of a request, also one that no handler of Nest answers', async () => {
    const answer = (_request: unknown, response: { send(text: string): void }): void => {
      currentCauses.push(currentCause());
      response.send('well');
    };
    const currentCauses: unknown[] = [];
    const served = await serve(
      adapter,
      { controllers: [Counts] },
      {
        prepare: (app) => {
          // As for /health and /metrics, before Nest has any routes.
          app.getHttpAdapter().get('/health', answer as never);
        },
      },
    );
    using sent = new Told<SendTrace>('tracing:signals:send:start', (trace) => trace);
    using begun = new Told<EntryTrace>('tracing:signals:entry:start', (trace) => trace);

    for (const path of ['/health', '/counts/7', '/counts/7/broken', '/nowhere']) {
      await served.fetch(path);
    }
    await served.finishes(4);
    await served.close();

    expect(begun.all.map(({ facts }) => facts['path'])).toEqual([
      '/health',
      '/counts/7',
      '/counts/7/broken',
      '/nowhere',
    ]);
    expect(currentCauses).toEqual([begun.all[0]]);
    const idOf = ({ payload }: SendTrace): string => (payload as { id: string }).id;
    expect(sent.all).toHaveLength(9);
    expect(sent.all.map(({ cause }) => (cause as EntryTrace | undefined)?.id)).toEqual(
      sent.all.map(idOf),
    );
  });

  it('tells of the error that a request failed with', async () => {
    const served = await serve(adapter, { controllers: [Counts] });
    using failed = new Told('tracing:signals:entry:error', (trace: object) =>
      'error' in trace && trace.error instanceof Error ? trace.error.message : undefined,
    );

    await served.fetch('/counts/7/broken');
    await served.finishes();

    expect(failed.all).toEqual(['broken']);
    await served.close();
  });
});
