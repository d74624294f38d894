import { adminOf, type ReceiverInfo, type Signals } from 'nestjs-signals/core';
import { requestSignals } from 'nestjs-signals/nestjs';
import type { Recorder } from '../recorder/recorder.js';
import type { Statistics } from '../recorder/statistics.js';
import type { Trace } from '../recorder/trace.js';

export interface RegisteredReceiver extends Omit<ReceiverInfo, 'phase'> {
  /** Requests have no transaction: a failure of a receiver of theirs is reported. */
  readonly phase: ReceiverInfo['phase'] | 'besideRequest';
  readonly runs: number;
  readonly failures: number;
  readonly lastFailure:
    | { readonly message: string | undefined; readonly at: number; readonly trace: string }
    | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Latest durations in milliseconds, ascending. */
  readonly durations: readonly number[];
}

export interface RegisteredSignal {
  readonly name: string;
  readonly description: string | undefined;
  readonly category: string;
  readonly sent: number;
  readonly failed: number;
  readonly unheard: number;
  readonly lastSentAt: number | undefined;
  readonly sites: readonly { readonly site: string; readonly times: number }[];
  /** The receivers that sent it in turn, in traces that are kept. */
  readonly sentBy: readonly string[];
  readonly receivers: readonly RegisteredReceiver[];
}

export interface RegistryView {
  readonly since: number;
  readonly signals: readonly RegisteredSignal[];
  /** Writes that passed receivers by, and how often. */
  readonly bypasses: readonly { readonly write: string; readonly times: number }[];
}

/** What is connected, and what was seen of it since the start. */
export function registryView(
  signals: Signals,
  { statistics, store }: Pick<Recorder, 'statistics' | 'store'>,
  seesValues: boolean,
): RegistryView {
  const senders = sendersIn(store.list());
  const byName = new Map<string, ReceiverInfo[]>();
  for (const info of adminOf(signals).list()) {
    byName.set(info.signal, [...(byName.get(info.signal) ?? []), info]);
  }
  const known = new Map(
    adminOf(signals)
      .signals()
      .map((signal) => [signal.name, signal]),
  );
  const names = new Set([...known.keys(), ...byName.keys(), ...statistics.signals.keys()]);
  return {
    since: statistics.since,
    signals: [...names].toSorted().map((name) => {
      const seen = statistics.signals.get(name);
      return {
        name,
        description: known.get(name)?.description,
        category: known.get(name)?.category ?? seen?.category ?? 'domain',
        sent: seen?.sent ?? 0,
        failed: seen?.failed ?? 0,
        unheard: seen?.unheard ?? 0,
        lastSentAt: seen?.lastSentAt,
        sites: [...(seen?.sites ?? [])].map(([site, times]) => ({ site, times })),
        sentBy: [...(senders.get(name) ?? [])],
        receivers: (byName.get(name) ?? []).map((info) =>
          receiverView(info, statistics, seesValues),
        ),
      };
    }),
    bypasses: [...statistics.bypasses].map(([write, times]) => ({ write, times })),
  };
}

/** Which receivers sent a signal in turn. */
function sendersIn(traces: readonly Trace[]): ReadonlyMap<string, ReadonlySet<string>> {
  const senders = new Map<string, Set<string>>();
  for (const { spans } of traces) {
    for (const { kind, name, parent } of spans) {
      const by = parent === undefined ? undefined : spans[parent];
      if (kind !== 'signal' || (by?.kind !== 'receiver' && by?.kind !== 'callback')) continue;
      const known = senders.get(name);
      if (known) known.add(by.name);
      else senders.set(name, new Set([by.name]));
    }
  }
  return senders;
}

function receiverView(
  info: ReceiverInfo,
  statistics: Statistics,
  seesValues: boolean,
): RegisteredReceiver {
  const seen = statistics.receivers.get(info);
  const last = seen?.lastFailure;
  return {
    ...info,
    phase: isBesideRequest(info) ? 'besideRequest' : info.phase,
    runs: seen?.runs ?? 0,
    failures: seen?.failures ?? 0,
    lastFailure: last && { ...last, message: seesValues ? last.message : undefined },
    p50: seen?.durations.quantile(0.5),
    p95: seen?.durations.quantile(0.95),
    durations: seen?.durations.sorted() ?? [],
  };
}

function isBesideRequest({ signal, phase }: ReceiverInfo): boolean {
  return phase !== 'durable' && requestSignals.some(({ name }) => name === signal);
}
