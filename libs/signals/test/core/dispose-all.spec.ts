import { describe, expect, it } from '@jest/globals';
import { attachAll } from 'nestjs-signals/integration';

describe('Attachments that are made together', () => {
  const step = (log: string[], name: string, failure?: Error) => () => {
    log.push(`made ${name}`);
    return {
      [Symbol.dispose]: () => {
        log.push(`undone ${name}`);
        if (failure) throw failure;
      },
    };
  };
  const failing = (failure: Error) => () => {
    throw failure;
  };

  it('are undone in the reverse order, once', () => {
    const log: string[] = [];

    const attached = attachAll([step(log, 'a'), step(log, 'b')]);
    attached[Symbol.dispose]();
    attached[Symbol.dispose]();

    expect(log).toEqual(['made a', 'made b', 'undone b', 'undone a']);
  });

  it('are all undone where one of them fails, which the first failure tells', () => {
    const log: string[] = [];
    const [first, second] = [new Error('first'), new Error('second')];
    const attached = attachAll([step(log, 'a', second), step(log, 'b', first), step(log, 'c')]);

    expect(() => attached[Symbol.dispose]()).toThrow(first);
    expect(log.slice(3)).toEqual(['undone c', 'undone b', 'undone a']);
  });

  it('leave nothing behind when one cannot be made, whose failure is the cause', () => {
    const log: string[] = [];
    const cause = new Error('cause');
    const steps = [step(log, 'a'), step(log, 'b', new Error('later')), failing(cause)];

    expect(() => attachAll([...steps, step(log, 'never')])).toThrow(cause);
    expect(log).toEqual(['made a', 'made b', 'undone b', 'undone a']);
  });
});
