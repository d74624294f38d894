import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { relative } from 'node:path';
import { callSite } from '../../src/core/diagnostics/call-site.js';

const HERE = /^libs\/signals\/test\/core\/call-site\.spec\.ts:\d+$/;

describe('The place of a call', () => {
  /** Calls from a dependency, which is no place of the application. */
  const asked = () => jest.fn(callSite);
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const limit = Error.stackTraceLimit;

  beforeEach(() => {
    Error.stackTraceLimit = limit;
  });
  afterEach(() => {
    if (prepare) Object.defineProperty(Error, 'prepareStackTrace', prepare);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  });

  it('is the nearest one of the application, beyond dependencies and what is built into Node', () => {
    const ask = asked();
    const emitter = new EventEmitter().on('asked', ask);

    emitter.emit('asked');

    expect(ask.mock.results).toEqual([{ type: 'return', value: expect.stringMatching(HERE) }]);
  });

  it('is a caller that awaits, too', async () => {
    const ask = async () => {
      await new Promise(setImmediate);
      return callSite();
    };

    expect(await ask()).toMatch(HERE);
  });

  it('is nowhere when nobody of the application calls', async () => {
    const ask = asked();
    const emitter = new EventEmitter().on('asked', ask);
    setImmediate(emitter.emit.bind(emitter, 'asked'));

    await once(emitter, 'asked');

    expect(ask.mock.results).toEqual([{ type: 'return', value: undefined }]);
  });

  it('is found where nothing maps stacks to sources, and the limit of a stack is one frame', () => {
    Reflect.deleteProperty(Error, 'prepareStackTrace');
    Error.stackTraceLimit = 1;

    expect(asked()()).toMatch(HERE);
    expect(Error.stackTraceLimit).toBe(1);
    expect('prepareStackTrace' in Error).toBe(false);
  });

  it('is found by the stack that somebody else prepares, whose function stays in place', () => {
    const frames = ['traceHere (a.js:1:1)', 'callSite (a.js:2:1)', 'pay (src/pay.ts:7:3)'];
    const mapped = () => ['Error: at last', ...frames.map((frame) => `    at ${frame}`)].join('\n');
    const prepared = jest.fn(mapped);
    Error.prepareStackTrace = prepared;

    expect(callSite()).toBe('src/pay.ts:7');
    expect(Error).toHaveProperty('prepareStackTrace', prepared);
  });

  it.each([
    ['pay (/shops/my shop (copy)/pay.ts:7:3)', '/shops/my shop (copy)/pay.ts'],
    ['async Orders.pay [as settle] (/(shops)/pay.ts:7:3)', '/(shops)/pay.ts'],
    ['new Order (file:///shops/my%20shop%20(copy)/pay.ts:7:3)', '/shops/my shop (copy)/pay.ts'],
    ['/shops/my shop (copy)/pay.ts:7:3', '/shops/my shop (copy)/pay.ts'],
    ['async /(shops)/(pay).ts:7:3', '/(shops)/(pay).ts'],
    ['file:///shops/a%20(b)/pay.ts:7:3', '/shops/a (b)/pay.ts'],
  ])('is found in folders with parentheses and spaces: at %s', (frame, file) => {
    Error.prepareStackTrace = () =>
      ['Error: at last', 'traceHere (a.js:1:1)', 'callSite (a.js:2:1)', frame].join('\n    at ');

    expect(callSite()).toBe(`${relative(process.cwd(), file)}:7`);
  });

  it.each([
    'eval (eval at pay (/shops/pay.ts:7:3), <anonymous>:1:1)',
    'async Promise.all (index 0)',
    'native',
  ])('is unknown where the frame names no file: at %s', (frame) => {
    Error.prepareStackTrace = () =>
      ['Error: at last', 'traceHere (a.js:1:1)', 'callSite (a.js:2:1)', frame].join('\n    at ');

    expect(callSite()).toBeUndefined();
  });
});
