import supertest from 'supertest';
import { Customer } from '../../support/customer.js';
import { ApplicationProcess, WorkerProcess } from '../../support/application-process.js';
import { MailServer } from '../../support/mail-server.js';
import { PASSWORD } from '../../support/shop.js';

/** Processes of one application on one database: some answer requests, the others run durable receivers. */
export class Fleet implements AsyncDisposable {
  private constructor(
    readonly apis: readonly ApplicationProcess[],
    readonly workers: readonly WorkerProcess[],
    readonly mailServer: MailServer,
  ) {}

  static async start(
    databaseUrl: string,
    { apis, workers }: { readonly apis: number; readonly workers: number },
  ): Promise<Fleet> {
    const mailServer = await MailServer.start();
    const environment = {
      NODE_ENV: 'development',
      DATABASE_URL: databaseUrl,
      SMTP_URL: mailServer.url,
      ACCESS_TOKEN_SECRET: 'one secret for every process of this fleet',
      RATE_LIMIT: '1000000',
      RATE_LIMIT_SIGN_IN: '1000000',
    };
    const fleet = new Fleet(
      Array.from(
        { length: apis },
        () => new ApplicationProcess({ ...environment, WORKERS: 'false' }),
      ),
      // Each sends under a name of its own, so that a mail tells who sent it.
      Array.from({ length: workers }, (_, index) => {
        return new WorkerProcess({ ...environment, MAIL_FROM: `worker-${index}@example.test` });
      }),
      mailServer,
    );
    try {
      await Promise.all([...fleet.apis, ...fleet.workers].map((process) => process.start()));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Somebody who has just registered, and asks one of the processes. */
  async customer(email: string, index = 0): Promise<Customer> {
    const http = supertest(this.apis[index % this.apis.length]?.url ?? '');
    await http.post('/api/v1/accounts').send({ email, password: PASSWORD }).expect(201);
    return Customer.signIn(http, { email, password: PASSWORD });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((process) => process.stop()));
    await this.mailServer.close();
  }
}
