import { changed, created, defineSignal, Receiver, type ReceiverContext } from 'nestjs-signals';
import { postDelete, postSave, preSave, type PostSave } from 'nestjs-signals/typeorm';

class User {
  readonly email: string;
}

class Order {
  readonly number: string;
}

interface Paid {
  readonly orderId: string;
  readonly total: number;
}

const paid = defineSignal<Paid>('orders.paid');
const refunded = defineSignal<Paid>('orders.refunded');
const shipped = defineSignal<{ readonly parcel: string }>('orders.shipped');

export class Accepted {
  @Receiver(paid)
  synchronous(event: Paid): number {
    return event.total;
  }

  @Receiver(postSave, { sender: User, when: changed('email') })
  changed(): void {}

  @Receiver(paid, { dispatchUid: 'print', phase: 'afterCommit', order: -1 })
  async asynchronous(event: Paid, context: ReceiverContext): Promise<void> {
    await context.manager.save({ ...event });
  }

  @Receiver(paid)
  withoutParameters(): void {}

  @Receiver(paid)
  wider(event: { readonly total: number }): number {
    return event.total;
  }

  @Receiver([paid, refunded])
  ofSeveral({ orderId }: Paid): string {
    return orderId;
  }

  @Receiver(postSave, { sender: User, when: created })
  async ofUsers({ instance }: PostSave<User>, { manager }: ReceiverContext): Promise<void> {
    await manager.save(instance);
  }

  @Receiver([preSave, postSave], { sender: User })
  ofUsersTwice({ instance }: PostSave<User>): string {
    return instance.email;
  }

  @Receiver(postSave)
  @Receiver(postDelete)
  ofEverything({ instance }: { readonly instance: unknown }): unknown {
    return instance;
  }
}

export class Refused {
  // @ts-expect-error the parameter does not fit the signal
  @Receiver(paid)
  wrongField(event: { readonly total: string }): string {
    return event.total;
  }

  // @ts-expect-error orders do not come from users
  @Receiver(postSave, { sender: User })
  wrongSender({ instance }: PostSave<Order>): string {
    return instance.number;
  }

  // @ts-expect-error without a sender the instance may be anything
  @Receiver(postSave)
  noSender({ instance }: PostSave<User>): string {
    return instance.email;
  }

  // @ts-expect-error one of the signals carries something else
  @Receiver([paid, shipped])
  notOfBoth({ total }: Paid): number {
    return total;
  }

  // @ts-expect-error the payload does not tell whether something was created
  @Receiver(paid, { when: created })
  notCreated(): void {}

  // @ts-expect-error the sender has no such column
  @Receiver(postSave, { sender: User, when: changed('name') })
  neverChanged(): void {}

  // @ts-expect-error nor does that of a removal
  @Receiver(postDelete, { sender: User, when: created })
  neverCreated(): void {}

  // @ts-expect-error a receiver has a payload and a context, nothing more
  @Receiver(paid)
  tooMany(event: Paid, context: ReceiverContext, more: string): string {
    return more;
  }

  // @ts-expect-error only a method can receive
  @Receiver(paid)
  readonly field: string;

  // @ts-expect-error and only one that fits, asynchronous or not
  @Receiver(paid)
  async wrongAsynchronous(event: PostSave<User>): Promise<void> {
    await Promise.resolve(event);
  }
}
