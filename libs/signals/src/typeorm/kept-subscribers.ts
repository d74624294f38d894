import type { DataSource, EntitySubscriberInterface } from 'typeorm';

type Subscribers = EntitySubscriberInterface[];

/** The library's own subscribers of a data source, in the order of attaching. */
const kept = new WeakMap<DataSource, Subscribers>();

/**
 * Subscribes in front of all others: a subscriber that throws synchronously hides the event from those
 * behind it. TypeORM makes the list anew whenever a data source is initialized, the first time
 * and again after `destroy()`; what is kept stays in it.
 */
export function keepSubscriber(
  dataSource: DataSource,
  subscriber: EntitySubscriberInterface,
): Disposable {
  const own = kept.get(dataSource) ?? keepList(dataSource);
  const { subscribers } = dataSource;
  const last = own.at(-1);
  subscribers.splice(last ? subscribers.indexOf(last) + 1 : 0, 0, subscriber);
  own.push(subscriber);
  return {
    [Symbol.dispose]: () => {
      remove(own, subscriber);
      remove(dataSource.subscribers, subscriber);
    },
  };
}

function keepList(dataSource: DataSource): Subscribers {
  const own: Subscribers = [];
  let list = dataSource.subscribers;
  Object.defineProperty(dataSource, 'subscribers', {
    configurable: true,
    enumerable: true,
    get: () => list,
    set: (made: Subscribers) => {
      list = [...own, ...made.filter((subscriber) => !own.includes(subscriber))];
    },
  });
  kept.set(dataSource, own);
  return own;
}

function remove(from: Subscribers, subscriber: EntitySubscriberInterface): void {
  const index = from.indexOf(subscriber);
  if (index >= 0) from.splice(index, 1);
}
