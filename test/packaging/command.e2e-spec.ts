import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { defineSignal } from 'nestjs-signals';
import { createDatabase } from '../support/database.js';
import { PATIENCE, runCommand, runCommands, withoutLines, type CommandOutcome } from './command.js';
import { installFaultyApplication } from './faulty-application.js';
import { keepDeliveries } from './kept-deliveries.js';
import { PackedLibrary, type Project } from './packed-library.js';

interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly place?: { readonly file: string };
  readonly message: string;
}

describe('The command, installed in an application of its own', () => {
  let library: PackedLibrary;
  let project: Project;
  let database: Server;
  let connections = 0;

  const signals = (...args: string[]): Promise<CommandOutcome> => {
    const { port } = database.address() as AddressInfo;
    const env = { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/nothing` };
    return runCommand(project, args, { env });
  };
  const json = async (...args: string[]) => JSON.parse((await signals(...args, '--json')).out);

  beforeAll(async () => {
    database = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve));
    library = await PackedLibrary.make();
    project = await installFaultyApplication(library);
  }, PATIENCE);

  afterAll(async () => {
    database.close();
    await library.remove();
  });

  it(
    'lists what @Receiver() connects, and asks no database',
    async () => {
      const { receivers } = await json('list');

      expect(receivers).toContainEqual({
        signal: 'shop.charged',
        sender: 'any sender',
        dispatchUid: 'near.chargeDurably',
        phase: 'durable',
        robust: false,
        order: 0,
        includeSubclasses: false,
        owner: 'NearReceivers.chargeDurably',
        location: expect.stringMatching(/^src\/near\.receivers\.ts:\d+$/),
        durable: expect.objectContaining({ effect: 'external', onUnknownOutcome: 'dead-letter' }),
        hasCondition: false,
      });
      expect(connections).toBe(0);
    },
    PATIENCE,
  );

  it(
    'explains a request through injected classes, callbacks and transactions',
    async () => {
      const { code, out } = await signals('explain', 'POST /api/v2/shops/7/opening');

      expect(code).toBe(0);
      expect(withoutLines(out)).toBe(
        [
          'POST /shops/:id/opening → ShopController.open  src/shop.service.ts',
          '  transaction of ShopService.inTransaction  src/shop.service.ts',
          '    send shop.opened  src/shop.service.ts',
          '      shop.opened(ShopService) → planted.taken: its failure undoes the transaction  src/planted.receivers.ts',
          '      shop.opened(ShopService) → PlantedReceivers.hearWithoutId: its failure undoes the transaction  src/planted.receivers.ts',
          '      shop.opened(ShopService) → near.robust: its failure undoes itself alone  src/near.receivers.ts',
          '    model.preSave(Visit) → planted.everything: its failure undoes the transaction  src/planted.receivers.ts',
          '    perhaps save Visit  src/shop.service.ts',
          '      model.postSave(Visit) → near.created: on its condition, its failure undoes the transaction  src/near.receivers.ts',
          '      model.postSave(Visit) → near.changed: on its condition, its failure undoes the transaction  src/near.receivers.ts',
        ].join('\n'),
      );
    },
    PATIENCE,
  );

  it(
    'shows what leaves the process after the commit and what is durable',
    async () => {
      const { out } = await signals('show', 'charged');

      expect(withoutLines(out)).toContain(
        [
          '    a callback of NearReceivers.chargeOnCommit  src/near.receivers.ts',
          '      http fetch  src/gateway.ts',
          '    shop.charged → near.chargeAfterCommit: after commit, its failure is reported  src/near.receivers.ts',
          '      http fetch  src/gateway.ts',
        ].join('\n'),
      );
      expect(withoutLines(out)).toContain(
        'shop.charged → near.chargeDurably: durable, at least once, with 8 retries',
      );
    },
    PATIENCE,
  );

  it(
    'finds every planted mistake, and leaves alone what nearly is one',
    async () => {
      const report: { findings: Finding[]; suppressed: Finding[] } = await json('lint');
      const found = report.findings.map(({ rule, message }) => `${rule} ${withoutLines(message)}`);

      expect(found.toSorted()).toEqual([
        "SIG000 Two different signals are named 'shop.twin'. Define it once and share the value.",
        expect.stringMatching(
          /^SIG001 PlantedReceivers\.hearTwice is connected twice to model\.postSave\(Account\), also at src\/planted/,
        ),
        expect.stringMatching(
          /^SIG001 The dispatchUid 'planted\.taken' is taken for 'shop\.opened'/,
        ),
        'SIG002 PlantedReceivers.hearWithoutId has no dispatchUid',
        'SIG003 shop.allowedWithoutReason is sent by ShopService.sendAll (src/shop.service.ts), but nothing receives it',
        'SIG003 shop.unheard is sent by ShopService.sendAll (src/shop.service.ts), but nothing receives it',
        'SIG004 UnprovidedReceivers.hearNothing is a receiver, but no module provides UnprovidedReceivers',
        'SIG004 planted.neverSent waits for shop.unsent, which nothing sends',
        'SIG004 planted.noEntity waits for model.postSave of Draft, which is no entity',
        'SIG005 planted.charge calls over the network inside the transaction: fetch at src/gateway.ts; use onCommit, or phase afterCommit or durable',
        'SIG006 planted.everything can undo every write by model.preSave and does not say whether it should: state robust',
        'SIG007 planted.pong leads back to itself: shop.pong → planted.ping → shop.ping → planted.pong',
        'SIG008 planted.firstLog and planted.secondLog both write LogLine on shop.logged, in no declared order',
        "SIG009 planted.chargeLater has effect 'database' and calls fetch at src/gateway.ts, which no commit holds",
        'SIG011 the map does not fit the code; run: signals graph --write signals-map.md',
        'SIG012 UPDATE of User by ShopService.renameAll passes by: planted.userSaved',
        'SIG012 update of User by ShopService.renameAll passes by: planted.userSaved',
        'SIG013 SIG003 is allowed without a reason',
        'SIG013 SIG003 is allowed, but not found here',
      ]);
      expect(report.suppressed).toEqual([
        expect.objectContaining({ rule: 'SIG003', reason: 'for those who build on the shop' }),
      ]);
    },
    PATIENCE,
  );

  it(
    'answers each command as it always did',
    async () => {
      const commands = [
        ['list'],
        ['show', 'opened'],
        ['explain', 'Visit'],
        ['graph'],
        ['lint'],
        ['lint', '--json'],
      ];

      const outcomes = await runCommands(project, commands);

      expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 1, 1]);
      for (const [at, { out }] of outcomes.entries()) {
        expect(withoutLines(out)).toMatchSnapshot(commands[at]?.join(' '));
      }
    },
    PATIENCE,
  );

  it(
    'finds deliveries in the database whose receiver is gone, and leaves alone those that have one',
    async () => {
      const kept = await createDatabase();
      const charged = defineSignal<{ id: number }>('shop.charged');
      const receivers = ['planted.removed', 'near.chargeDurably', 'near.robust'];
      await keepDeliveries(kept.url, charged, { id: 1 }, receivers);

      const { findings }: { findings: Finding[] } = await json('lint', '--db', kept.url);
      await kept.drop();

      const lost = findings.filter(({ rule }) => rule === 'SIG010');
      expect(lost.map(({ place, message }) => [place?.file, message])).toEqual([
        [undefined, 'planted.removed no longer exists, and the database keeps 1 delivery for it'],
        [
          'src/near.receivers.ts',
          'near.robust is no longer durable, and the database keeps 1 delivery for it',
        ],
      ]);
    },
    PATIENCE,
  );

  it(
    'answers lint of a database that does not answer with 2, and without its password',
    async () => {
      const { code, error } = await signals(
        'lint',
        '--db',
        'postgres://shop:hush@127.0.0.1:1/shop',
      );

      expect(code).toBe(2);
      expect(error).toBe(
        'error The database shop at 127.0.0.1:1 cannot be asked: connect ECONNREFUSED 127.0.0.1:1',
      );
    },
    PATIENCE,
  );

  it(
    'writes the map down, and tells when the code has left it',
    async () => {
      const path = join(project.folder, 'signals-map.md');

      const written = await signals('graph', '--write');
      const map = await readFile(path, 'utf8');
      const current: { findings: Finding[] } = await json('lint');
      await writeFile(path, map.replaceAll('near.robust', 'near.gone'));
      const stale = await signals('graph', '--check', 'signals-map.md');

      expect([written.code, stale.code]).toEqual([0, 1]);
      expect(current.findings.map(({ rule }) => rule)).not.toContain('SIG011');
      expect(map).toContain('```mermaid\nflowchart LR\n');
      expect(stale.error).toContain('run: signals graph --write signals-map.md');
    },
    PATIENCE,
  );

  it.each([
    ['dist/missing.js', 'There is no dist/missing.js. Build the application first'],
    ['dist/entities.js', 'exports no AppModule'],
    ['dist/gateway.js#Gateway', 'does not import SignalsModule.forRoot()'],
  ])(
    'answers --app %s with 2 and what to do',
    async (app, message) => {
      const { code, out, error } = await signals('list', '--app', app);

      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(error).toContain(message);
    },
    PATIENCE,
  );

  it(
    'answers a request that no controller knows with 2 and the routes',
    async () => {
      const { code, error } = await signals('explain', 'GET /nothing');

      expect(code).toBe(2);
      expect(error).toContain(
        "No controller answers 'GET /nothing'. Routes: POST /shops/:id/opening.",
      );
    },
    PATIENCE,
  );
});
