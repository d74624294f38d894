import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { Signals } from 'nestjs-signals/core';
import { Recorder } from 'nestjs-signals-inspector';

/**
 * The built application in a process of its own, without workers, which records or does not as the
 * parent says, and tells it how much of the processor it has used.
 */
const built = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { createApplication } = await built('apps/api/src/application.js');
const { readConfiguration } = await built('apps/api/src/platform/index.js');

const app = await createApplication(
  readConfiguration({
    DATABASE_URL: process.env.DATABASE_URL,
    NODE_ENV: 'test',
    PORT: '0',
    WORKERS: 'false',
    SEED_DEMO: 'true',
    SMTP_URL: 'smtp://127.0.0.1:9',
    RATE_LIMIT: '1000000000',
    RATE_LIMIT_SIGN_IN: '1000000000',
    RATE_LIMIT_REGISTER: '1000000000',
    METRICS_TOKEN: randomUUID(),
  }),
);
app.useLogger(false);
await app.listen(0, '127.0.0.1');
const CHANNELS = [
  ...['entry', 'send', 'receiver'].flatMap((name) => [
    `tracing:signals:${name}:start`,
    `tracing:signals:${name}:asyncEnd`,
  ]),
  ...['callback', 'transaction', 'delivery', 'query', 'bypass'].map((name) => `signals:${name}`),
];
const ignore = () => {};
let recorder;
let isIdle = false;

const stop = () => {
  recorder?.[Symbol.dispose]();
  recorder = undefined;
  if (isIdle) for (const name of CHANNELS) unsubscribe(name, ignore);
  isIdle = false;
};
const listen = () => {
  stop();
  for (const name of CHANNELS) subscribe(name, ignore);
  isIdle = true;
};
const record = (sites) => {
  stop();
  recorder = new Recorder({ application: app.get(Signals), sites });
};

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const ANSWERS = {
  off: stop,
  'somebody listens and does nothing': listen,
  on: () => record(false),
  'on, with the line of each send': () => record(true),
  usage: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  /** For how long nobody had a turn, in milliseconds, since it was asked before. */
  'longest pause': () => {
    const { max } = delay;
    delay.reset();
    return max / 1e6;
  },
  spans: () => recorder?.store.list().reduce((sum, { spans }) => sum + spans.length, 0) ?? 0,
};
process.on('message', (asked) => process.send({ answer: ANSWERS[asked]() }));
process.once('disconnect', () => process.exit(0));
process.send({ url: await app.getUrl() });
