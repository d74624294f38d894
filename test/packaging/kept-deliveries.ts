import { Signals, adminOf, type Signal } from 'nestjs-signals';
import { durableSignals } from 'nestjs-signals/durable';
import { atomic, typeOrmSignals } from 'nestjs-signals/typeorm';
import { DataSource } from 'typeorm';

/** Leaves a delivery in a database for each of these receivers, as a process that only sends does. */
export async function keepDeliveries<Payload>(
  url: string,
  signal: Signal<Payload>,
  payload: Payload,
  receivers: readonly string[],
): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
  const signals = new Signals();
  const host = { signals, onError: console.error, resolve: () => undefined };
  using _transactions = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
  using durable = durableSignals({ dataSource, workers: false }).attach(host);
  for (const dispatchUid of receivers) {
    signals.connect(signal, () => {}, { phase: 'durable', dispatchUid });
  }
  await durable.start();
  await atomic(dataSource, () => signals.send(signal, payload));
  await durable.stop(5_000);
  await adminOf(signals).close();
  await dataSource.destroy();
}
