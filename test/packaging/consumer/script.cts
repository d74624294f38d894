import common = require('@nestjs/common');
import signals = require('nestjs-signals');
import bridge = require('nestjs-signals/event-emitter');
import orm = require('nestjs-signals/typeorm');
import typeorm = require('typeorm');

class User {
  email = '';
}

const orderPaid = signals.defineSignal<{ readonly orderId: string }>('orders.orderPaid');

class Receivers {
  @signals.Receiver(orm.postSave, { sender: User, when: signals.created })
  welcome({ instance }: orm.PostSave<User>, { manager }: signals.ReceiverContext): string {
    const handle: typeorm.EntityManager = manager;
    return `${instance.email} ${handle.connection.isInitialized}`;
  }
}

const application = signals.SignalsModule.forRoot({
  integrations: [orm.typeOrmSignals(), bridge.eventEmitterSignals()],
});

class Module implements common.OnModuleInit {
  constructor(private readonly sender: signals.Signals) {}

  async onModuleInit(): Promise<void> {
    await this.sender.send(orderPaid, { orderId: '1' }, { sender: Module });
    // @ts-expect-error: the payload has an orderId.
    await this.sender.send(orderPaid, {}, { sender: Module });
  }
}

export = { Receivers, Module, application };
