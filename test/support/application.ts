import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { AppModule } from '../../apps/api/src/app.module.js';
import {
  configureHttp,
  createAdapter,
  HTTP_OPTIONS,
  listen,
  readConfiguration,
} from '../../apps/api/src/platform/index.js';
import { createApplicationDatabase } from './database.js';

/** Sends requests to one application, like `supertest`, and keeps no cookies between them. */
export type Http = ReturnType<typeof supertest>;

export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

export interface RunningApplication {
  readonly app: NestFastifyApplication;
  readonly http: Http;
  readonly dataSource: DataSource;
  /** What the application has mailed once all that was sent is delivered, the newest first. */
  mails(): Promise<readonly CaughtMail[]>;
  close(): Promise<void>;
}

export interface ApplicationOverrides {
  /** Variables beside those of a test run; an empty one unsets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Replaces providers: `(builder) => builder.overrideProvider(…).useValue(…)`. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

const ENVIRONMENT = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  RATE_LIMIT: '1000000',
  RATE_LIMIT_SIGN_IN: '1000000',
};

const nothing = () => undefined;
const SILENT = { log: nothing, warn: nothing, error: nothing };

/** The real application with its real parts, listening on a free port, on a database of its own. */
export async function startApplication(
  overrides: ApplicationOverrides = {},
): Promise<RunningApplication> {
  const database = await createApplicationDatabase();
  const app = await start(database.url, overrides).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const http = supertest(await app.getUrl());
  return {
    app,
    http,
    dataSource: app.get(DataSource),
    mails: async () => {
      await settled(app.get(Signals));
      return (await http.get('/dev/mail').expect(200)).body;
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

async function start(
  databaseUrl: string,
  { environment = {}, override = (builder) => builder }: ApplicationOverrides,
): Promise<NestFastifyApplication> {
  const configuration = readConfiguration({
    ...ENVIRONMENT,
    DATABASE_URL: databaseUrl,
    ...environment,
  });
  const module = Test.createTestingModule({ imports: [AppModule.forRoot(configuration)] });
  const compiled = await override(module).setLogger(SILENT).compile();
  const app = compiled.createNestApplication<NestFastifyApplication>(createAdapter(configuration), {
    ...HTTP_OPTIONS,
    logger: false,
  });
  try {
    await configureHttp(app);
    await listen(app);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
