import { Signals, type SignalsOptions } from 'nestjs-signals/core';

export interface Reported {
  readonly error: unknown;
  readonly what: string;
}

export interface ObservedSignals {
  readonly signals: Signals;
  /** What the error sink was told. */
  readonly reported: readonly Reported[];
}

/** Signals whose error sink keeps what it is told. */
export function observedSignals(options: SignalsOptions = {}): ObservedSignals {
  const reported: Reported[] = [];
  const onError = (error: unknown, what: string) => void reported.push({ error, what });
  return { signals: new Signals({ onError, ...options }), reported };
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Holds whoever awaits it until it is opened. */
export function closedGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** Makes something that is no promise one that can be awaited. */
export function awaitable<T extends object>(value: T, settled: unknown): T {
  Reflect.set(value, 'then', (resolve: (settled: unknown) => void) => resolve(settled));
  return value;
}

/** What a promise was rejected with; a promise that is fulfilled fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (reason) {
    return reason;
  }
  throw new Error('A failure was expected.');
}
