import common = require('@nestjs/common');
import core = require('nestjs-signals');
import bridge = require('nestjs-signals/event-emitter');
import nest = require('nestjs-signals/nestjs');
import orm = require('nestjs-signals/typeorm');
import typeorm = require('typeorm');

class User {
  email = '';
}

const orderPaid = core.defineSignal<{ readonly orderId: string }>('orders.orderPaid');

class Receivers {
  @nest.Receiver(orm.postSave, { sender: User, when: core.created })
  welcome({ instance }: orm.PostSave<User>, { manager }: core.ReceiverContext): string {
    const handle: typeorm.EntityManager = manager;
    return `${instance.email} ${handle.connection.isInitialized}`;
  }
}

const application = nest.SignalsModule.forRoot({
  integrations: [orm.typeOrmSignals(), bridge.eventEmitterSignals()],
});

class Module implements common.OnModuleInit {
  constructor(private readonly signals: core.Signals) {}

  async onModuleInit(): Promise<void> {
    await this.signals.send(orderPaid, Module, { orderId: '1' });
    // @ts-expect-error: the payload has an orderId.
    await this.signals.send(orderPaid, Module, {});
  }
}

export = { Receivers, Module, application };
