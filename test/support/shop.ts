import { randomUUID } from 'node:crypto';
import { PaymentGateway } from '../../apps/api/src/billing/index.js';
import { startApplication, type RunningApplication } from './application.js';
import { Customer } from './customer.js';
import { WatchedGateway } from './watched-gateway.js';

export const PASSWORD = 'correct horse battery staple';
const STAFF = { email: 'staff@example.test', password: PASSWORD };

/** The application with the demo's products, a gateway that is watched, and people who come in. */
export interface Shop extends RunningApplication {
  readonly gateway: WatchedGateway;
  /** Somebody who has just registered and signed in. */
  customer(): Promise<Customer>;
  staff(): Promise<Customer>;
  /** The same customer on another device. */
  again(customer: Customer): Promise<Customer>;
}

export async function openShop(environment: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const gateway = new WatchedGateway();
  const application = await startApplication({
    environment: {
      STAFF_EMAIL: STAFF.email,
      STAFF_PASSWORD: STAFF.password,
      ...environment,
    },
    override: (builder) => builder.overrideProvider(PaymentGateway).useValue(gateway),
  });
  const { http } = application;
  return {
    ...application,
    gateway,
    customer: async () => {
      const email = `customer-${randomUUID()}@example.test`;
      await http.post('/api/v1/accounts').send({ email, password: PASSWORD }).expect(201);
      return Customer.signIn(http, { email, password: PASSWORD });
    },
    staff: () => Customer.signIn(http, STAFF),
    again: ({ email }) => Customer.signIn(http, { email, password: PASSWORD }),
  };
}
