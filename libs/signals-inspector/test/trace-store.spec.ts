import { describe, expect, it } from '@jest/globals';
import { SpanWriter } from '../src/recorder/span-writer.js';
import { DEFAULT_RETENTION, TraceStore } from '../src/recorder/trace-store.js';

/** A store with room for three traces, and what requests leave in it. */
function smallStore() {
  const store = new TraceStore({ ...DEFAULT_RETENTION, traces: 3 });
  const writer = new SpanWriter(store);
  return {
    store,
    add: (id: string, effects: 'none' | 'one' | 'a failure' | 'not ended' = 'one') => {
      const trace = writer.open(id, 'http', {});
      const span = writer.begin(trace, undefined, 'entry', 'http', undefined);
      if (effects === 'not ended') return trace;
      if (effects !== 'none') {
        const run = writer.begin(trace, span, 'receiver', 'one', undefined);
        const hasFailed = effects === 'a failure';
        writer.end(
          trace,
          run,
          hasFailed ? 'failed-isolated' : 'ok',
          hasFailed ? { error: 'x' } : undefined,
        );
      }
      writer.end(trace, span, 'ok');
      writer.close({ trace, span });
      return trace;
    },
    kept: () => store.list().map(({ id }) => id),
  };
}

describe('Where there is no room for another trace', () => {
  it('those that led to nothing go first, then the oldest', () => {
    const { add, kept } = smallStore();
    add('first');
    add('nothing', 'none');
    add('second');

    add('third');
    expect(kept()).toEqual(['third', 'second', 'first']);
    add('fourth');

    expect(kept()).toEqual(['fourth', 'third', 'second']);
  });

  it('those that failed go last', () => {
    const { add, kept } = smallStore();
    add('failed', 'a failure');
    add('second');
    add('third');

    add('fourth');
    add('fifth');

    expect(kept()).toEqual(['fifth', 'fourth', 'failed']);
  });

  it('the new one stays, although all others failed', () => {
    const { add, kept } = smallStore();
    add('one', 'a failure');
    add('two', 'a failure');
    add('three', 'a failure');

    add('new', 'not ended');

    expect(kept()).toEqual(['new', 'three', 'two']);
  });

  it('pinned ones stay', () => {
    const { add, kept, store } = smallStore();
    store.pin(add('pinned'), true);
    add('second');
    add('third');

    add('fourth');
    add('fifth');

    expect(kept()).toEqual(['fifth', 'fourth', 'pinned']);
    expect(store.state).toMatchObject({ kept: 3, dropped: 2 });
  });
});
