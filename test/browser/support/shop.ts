import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { CaughtMail } from '../../support/application.js';
import { createApplicationDatabase } from '../../support/database.js';
import { ApplicationProcess } from '../../support/application-process.js';
import { openBrowser } from './browser.js';
import { Visitor } from './visitor.js';

export const STAFF = { email: 'staff@example.test', password: 'demo staff password' };
export const PASSWORD = 'correct horse battery staple';

/** The built application with its database and its mail, and a browser to visit it with. */
export interface VisitedShop {
  readonly application: ApplicationProcess;
  readonly browser: Browser;
  readonly url: string;
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
  mails(): Promise<readonly CaughtMail[]>;
  /** A connection to the database of the shop, to look at it or to stand in its way. */
  connect(): Promise<Client>;
  close(): Promise<void>;
}

export async function openShop(
  environment: Readonly<Record<string, string>> = {},
): Promise<VisitedShop> {
  const database = await createApplicationDatabase();
  const application = new ApplicationProcess({
    NODE_ENV: 'development',
    DATABASE_URL: database.url,
    ACCESS_TOKEN_SECRET: 'one secret for every start of this shop',
    RATE_LIMIT: '1000000',
    RATE_LIMIT_SIGN_IN: '1000000',
    ...environment,
  });
  const [browser] = await Promise.all([openBrowser(), application.start()]);
  return {
    application,
    browser,
    get url() {
      return application.url;
    },
    visitor: (options) => Visitor.arrive(browser, application.url, options),
    mails: async () => {
      const answer = await fetch(`${application.url}/dev/mail`);
      return (await answer.json()) as readonly CaughtMail[];
    },
    connect: async () => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      return client;
    },
    close: async () => {
      await browser.close();
      await application.stop();
      await database.drop();
    },
  };
}

/** An address that nobody has registered yet. */
export function newEmail(name = 'ada'): string {
  return `${name}-${randomUUID().slice(0, 8)}@example.test`;
}
