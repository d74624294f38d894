import { describe, expect, it } from '@jest/globals';
import {
  intercepted,
  interceptCommits,
  type InterceptedTransaction,
} from '../../src/typeorm/transactions/commit-interception.js';

describe('An interceptor of callbacks', () => {
  const transaction = {} as InterceptedTransaction;
  const callback = () => {};

  it('sees the callback that those before it put in its place, until it is disposed', () => {
    const first = () => {};
    const second = () => {};
    using outer = interceptCommits((inner) => (inner === callback ? first : inner));
    const inner = interceptCommits((given) => (given === first ? second : given));

    expect(intercepted(callback, {}, transaction)).toBe(second);
    inner[Symbol.dispose]();
    expect(intercepted(callback, {}, transaction)).toBe(first);
    outer[Symbol.dispose]();
    expect(intercepted(callback, {}, transaction)).toBe(callback);
  });
});
