import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Injectable, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { getRepositoryToken, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import type { Server } from 'node:http';
import request from 'supertest';
import { DataSource, Repository } from 'typeorm';
import {
  defineSignal,
  Signals,
  Receiver,
  SignalsModule,
  Transactional,
  type ReceiverContext,
} from 'nestjs-signals';
import { currentManager, typeOrmSignals } from 'nestjs-signals/typeorm';
import { captureOnCommit, mute, rolledBackTest, settled, spyOn } from 'nestjs-signals/testing';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';

const lineWritten = defineSignal<{ text: string }>('lines.lineWritten');

@Injectable()
class Lines {
  readonly heard: string[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: Signals,
    @InjectRepository(LogLine) private readonly lines: Repository<LogLine>,
  ) {}

  @Transactional()
  async write(text: string): Promise<void> {
    await currentManager(this.dataSource).insert(LogLine, { text });
    await this.signals.send(lineWritten, { text }, { sender: Lines });
    if (text === 'refused') throw new Error('refused');
  }

  count(): Promise<number> {
    return this.lines.count();
  }

  @Receiver(lineWritten, { dispatchUid: 'lines.note', phase: 'afterCommit' })
  async note({ text }: { text: string }, _context: ReceiverContext): Promise<void> {
    await this.lines.save({ text: `${text}, noted` });
    this.heard.push(text);
  }
}

@Controller('lines')
class LinesController {
  constructor(private readonly lines: Lines) {}

  @Get()
  async count() {
    return { count: await this.lines.count() };
  }

  @Post()
  async write(@Body() { text }: { text: string }) {
    await this.lines.write(text);
    return { count: await this.lines.count() };
  }

  @Post('later')
  @HttpCode(202)
  writeLater(@Body() { text }: { text: string }): void {
    void this.lines.write(text);
  }
}

describe('An application that serves HTTP', () => {
  let database: TestDatabase;
  let application: NestFastifyApplication;
  let server: Server;
  let dataSource: DataSource;
  let signals: Signals;
  let heard: string[];
  const write = (text: string) => request(server).post('/lines').send({ text });

  beforeAll(async () => {
    database = await createDatabase();
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: database.url,
          entities: [LogLine],
          synchronize: true,
          poolSize: 2,
        }),
        TypeOrmModule.forFeature([LogLine]),
        SignalsModule.forRoot({ integrations: [typeOrmSignals()] }),
      ],
      controllers: [LinesController],
      providers: [Lines],
    }).compile();
    module.useLogger(false);
    application = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await application.listen(0, '127.0.0.1');
    server = application.getHttpServer();
    dataSource = application.get(DataSource);
    signals = application.get(Signals);
    heard = application.get(Lines).heard;
  });
  afterAll(async () => {
    await application.close();
    await database.drop();
  });
  beforeEach(() => {
    heard.length = 0;
  });

  it('works in rolledBackTest: callbacks run in the request, and nothing is left', async () => {
    await rolledBackTest(dataSource, async () => {
      await write('a').expect(201, { count: 2 });
      expect(heard).toEqual(['a']);

      await write('refused').expect(500);
      await request(server).get('/lines').expect(200, { count: 2 });
      expect(heard).toEqual(['a']);
    });

    expect(await application.get<Repository<LogLine>>(getRepositoryToken(LogLine)).count()).toBe(0);
  });

  it('answers parallel requests in rolledBackTest one after the other', async () => {
    await rolledBackTest(dataSource, async () => {
      const texts = Array.from({ length: 12 }, (_, index) => (index % 3 ? `${index}` : 'refused'));

      const responses = await Promise.all(texts.map((text) => write(text)));

      expect(responses.map(({ status }) => status)).toEqual(
        texts.map((text) => (text === 'refused' ? 500 : 201)),
      );
      expect(heard).toHaveLength(8);
      await request(server).get('/lines').expect(200, { count: 16 });
    });
  });

  it('is captured from by captureOnCommit', async () => {
    await rolledBackTest(dataSource, async () => {
      const captured = await captureOnCommit(() => write('a').expect(201, { count: 1 }));

      expect(captured.map(({ registeredBy }) => registeredBy)).toEqual([
        "Receiver 'lines.note' of 'lines.lineWritten'",
      ]);
      expect(heard).toEqual([]);
    });
  });

  it('is spied on, muted and waited for', async () => {
    await rolledBackTest(dataSource, async () => {
      using written = spyOn(signals, lineWritten, { sender: Lines });
      const next = written.next();
      await request(server).post('/lines/later').send({ text: 'later' }).expect(202);
      await next;
      await settled(signals);
      expect(heard).toEqual(['later']);

      using _quiet = mute(signals, { dispatchUid: 'lines.note' });
      await write('quiet').expect(201, { count: 3 });
      expect(written.payloads).toEqual([{ text: 'later' }, { text: 'quiet' }]);
      expect(heard).toEqual(['later']);
    });
  });
});
