import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  DeclaredPlaces,
  readSourceCode,
  type Effect,
  type SourceCode,
} from '../src/sources/index.js';

const TSCONFIG = {
  compilerOptions: {
    module: 'commonjs',
    target: 'es2022',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    strict: true,
    skipLibCheck: true,
    types: [],
  },
  include: ['src'],
};

/** A package that is not among those of this checkout, as far as its types go. */
const TRANSACTIONAL = `
export declare function Transactional(options?: object): MethodDecorator;
export declare function runInTransaction<T>(work: () => Promise<T>): Promise<T>;
export declare function runOnTransactionCommit(callback: () => void): void;`;

const ENTITIES = `
import { Entity, PrimaryGeneratedColumn } from 'typeorm';
export class Base { id!: number; }
@Entity() export class User extends Base { @PrimaryGeneratedColumn() declare id: number; name!: string; }
@Entity() export class Product extends Base { @PrimaryGeneratedColumn() declare id: number; price!: number; }`;

const GENERIC = `
import { DataSource, DeepPartial, Repository } from 'typeorm';
import { Base, Product, User } from './entities';
export class BaseService<T extends Base> {
  constructor(protected readonly repository: Repository<T>) {}
  store(data: DeepPartial<T>) { return this.repository.save(data); }
  change(id: number, data: object) { return this.repository.update(id, data as never); }
  both(data: DeepPartial<T>) { this.before(); return this.store(data); }
  build() { return this.repository.createQueryBuilder().insert().values([]).execute(); }
  protected before() {}
}
export class Named<U extends Base> extends BaseService<U> {}
export class UserService extends Named<User> {
  protected override before() { return this.change(1, {}); }
}
export class ProductService extends BaseService<Product> {
  override store(data: DeepPartial<Product>) { return super.store(data); }
}
export function keep<E extends Base>(repository: Repository<E>, rows: E[]) { return repository.save(rows); }
export class Crud<T extends Base> {
  constructor(readonly service: BaseService<T>) {}
  create(data: DeepPartial<T>) { return this.service.store(data); }
  patch() { return this.service.change(1, {}); }
}
export class Users extends Crud<User> {
  constructor(readonly users: UserService, readonly source: DataSource, readonly any: BaseService<Base>) { super(users); }
  viaService() { return this.users.both({}); }
  viaFunction() { return keep(this.source.getRepository(User), []); }
  viaBuilder() { return this.users.build(); }
  viaUnknown(service: BaseService<never>) { return service.change(1, {}); }
}
export class Products extends Crud<Product> {
  constructor(readonly products: ProductService) { super(products); }
  viaOverride() { return this.products.store({}); }
}`;

const CQRS = `
import { CommandBus, CommandHandler, EventBus, EventsHandler, QueryBus, QueryHandler, type ICommand } from '@nestjs/cqrs';
import { Repository } from 'typeorm';
import { Product, User } from './entities';
export class CreateUser { constructor(readonly name: string) {} }
export class CreateProduct { constructor(readonly price: number) {} }
export class CountUsers {}
export class UserCreated {}
@CommandHandler(CreateUser) export class CreateUserHandler {
  constructor(readonly users: Repository<User>) {}
  execute({ name }: CreateUser) { return this.users.save({ name }); }
}
@CommandHandler(CreateProduct) export class CreateProductHandler {
  constructor(readonly products: Repository<Product>) {}
  execute({ price }: CreateProduct) { return this.products.save({ price }); }
}
@QueryHandler(CountUsers) export class CountUsersHandler {
  constructor(readonly users: Repository<User>) {}
  async execute() { await this.users.increment({}, 'id', 1); return 1; }
}
@EventsHandler(UserCreated) export class UserCreatedHandler {
  constructor(readonly products: Repository<Product>) {}
  handle() { return this.products.remove([]); }
}
export class Commands {
  constructor(readonly bus: CommandBus, readonly queries: QueryBus, readonly events: EventBus) {}
  known() { return this.bus.execute(new CreateUser('x')); }
  unknown(command: ICommand) { return this.bus.execute(command); }
  query() { return this.queries.execute(new CountUsers()); }
  event() { this.events.publish(new UserCreated()); }
  events_() { this.events.publishAll([new UserCreated()]); }
}`;

const OTHERS = `
import { runInTransaction, runOnTransactionCommit, Transactional } from 'typeorm-transactional';
import { Repository } from 'typeorm';
import { User } from './entities';
export class Others {
  constructor(readonly users: Repository<User>) {}
  @Transactional() decorated() { return this.users.save({}); }
  wrapped() { return runInTransaction(async () => { await this.users.save({}); runOnTransactionCommit(() => void this.users.delete(1)); }); }
}`;

/** As much of this package's types as its sends need. */
const SIGNALS = `
export declare function defineSignal<P>(name: string): { readonly name: string; readonly payload?: P };
export declare class Signals { send(signal: object, payload: unknown, options?: object): Promise<unknown>; }`;

const SENDS = `
import { defineSignal, Signals } from 'nestjs-signals';
import { User } from './entities';
const opened = defineSignal<object>('shop.opened');
const somewhere: object = {};
const usual = { sender: User };
export class Sends {
  constructor(readonly signals: Signals) {}
  nobody() { return this.signals.send(opened, {}); }
  nobodyNamed() { return this.signals.send(opened, { sender: User }, { sender: null }); }
  onlyIn(manager: object) { return this.signals.send(opened, {}, { manager }); }
  ofClass(manager: object) { return this.signals.send(opened, {}, { ...somewhere, sender: User, manager }); }
  byName() { return this.signals.send(opened, {}, { sender: 'import' }); }
  spread() { return this.signals.send(opened, {}, { ...somewhere }); }
  shorthand() { const sender = User; return this.signals.send(opened, {}, { sender }); }
  kept() { return this.signals.send(opened, {}, usual); }
}`;

const RECEIVERS = `declare const opened: never, closed: never;
declare const Receiver: (...given: never[]) => MethodDecorator;
export class Receivers {
  @Receiver(opened, { dispatchUid: 'shop.open' } as never)
  @Receiver(closed, { dispatchUid: 'shop.close' } as never)
  hear() {}
}`;

describe('What the sources tell', () => {
  let root: string;
  let code: SourceCode;

  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'sources-')));
    const files = {
      'tsconfig.json': JSON.stringify(TSCONFIG),
      'package.json': '{ "name": "app" }',
      'node_modules/typeorm-transactional/package.json':
        '{ "name": "typeorm-transactional", "types": "index.d.ts" }',
      'node_modules/typeorm-transactional/index.d.ts': TRANSACTIONAL,
      'src/entities.ts': ENTITIES,
      'src/generic.ts': GENERIC,
      'src/cqrs.ts': CQRS,
      'src/others.ts': OTHERS,
      'src/receivers.ts': RECEIVERS,
      'src/sends.ts': SENDS,
      'node_modules/nestjs-signals/package.json':
        '{ "name": "nestjs-signals", "types": "index.d.ts" }',
      'node_modules/nestjs-signals/index.d.ts': SIGNALS,
    };
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    }
    for (const name of ['typeorm', '@nestjs/cqrs', '@nestjs/common', 'rxjs', 'typescript']) {
      await mkdir(dirname(join(root, 'node_modules', name)), { recursive: true });
      await symlink(resolve('node_modules', name), join(root, 'node_modules', name), 'junction');
    }
    const entities = ['User', 'Product'];
    const question = { root, tsconfig: undefined, signals: [], effects: undefined };
    code = readSourceCode({ ...question, entities });
  }, 120_000);

  afterAll(() => rm(root, { recursive: true }));

  const told = (type: string, method: string): readonly string[] =>
    (code.method(type, method)?.effects() ?? []).flatMap((effect) => words(effect));

  it.each([
    ['Users', 'viaService', ['update User', 'save User']],
    ['Users', 'viaFunction', ['save User']],
    ['Users', 'viaBuilder', ['insert User']],
    // One of the classes that may be injected overrides it.
    ['Users', 'create', ['save User', 'save Product']],
    ['Users', 'patch', ['update User']],
    ['Products', 'create', ['save Product']],
    ['Products', 'patch', ['update Product']],
    ['Products', 'viaOverride', ['save Product']],
  ])('%s.%s writes what its generic classes stand for', (type, method, expected) => {
    expect([...new Set(told(type, method).map((each) => each.replace('perhaps ', '')))]).toEqual(
      expected,
    );
  });

  it('names all that a parameter may stand for where nothing binds it', () => {
    const sites = code.calls.flatMap((call) =>
      call.kind === 'write' && call.site.by === 'BaseService.store' ? [call.entities] : [],
    );

    expect(sites.map((each) => each.toSorted())).toEqual([['Product', 'User']]);
  });

  it.each([
    ['known', ['save User']],
    ['unknown', ['perhaps save Product', 'perhaps save User']],
    ['query', ['increment User']],
    ['event', ['remove Product']],
    ['events_', ['remove Product']],
  ])('follows a message to its handlers: %s', (method, expected) => {
    expect(told('Commands', method).toSorted()).toEqual(expected);
  });

  it.each([
    ['src/receivers.ts:9', 'shop.open', 'src/receivers.ts:4'],
    ['src/receivers.ts:4', 'shop.close', 'src/receivers.ts:5'],
    ['src/receivers.ts:9', undefined, 'src/receivers.ts:4'],
    ['src/gone.ts:9', 'shop.open', 'src/gone.ts:9'],
    ['dist/receivers.js:9', 'shop.open', 'dist/receivers.js:9'],
  ])(
    'puts a decorator right that a build says is at %s (%s)',
    (location, dispatchUid, expected) => {
      const declared = { type: 'Receivers', method: 'hear', dispatchUid, location };

      expect(new DeclaredPlaces(root).of(declared)).toBe(expected);
    },
  );

  it.each([
    ['nobody', null],
    ['nobodyNamed', null],
    ['onlyIn', null],
    ['ofClass', 'User'],
    ['byName', 'import'],
    ['spread', undefined],
    ['shorthand', undefined],
    ['kept', undefined],
  ])('reads the sender in the options of a send: %s', (method, sender) => {
    expect(code.method('Sends', method)?.effects()).toMatchObject([
      { kind: 'send', signal: 'shop.opened', sender },
    ]);
  });

  it('knows the transactions of others', () => {
    expect(told('Others', 'decorated')).toEqual(['transaction (save User)']);
    expect(told('Others', 'wrapped')).toEqual([
      'transaction (save User, afterCommit (delete User))',
    ]);
  });
});

function words(effect: Effect): readonly string[] {
  const perhaps = effect.isConditional ? 'perhaps ' : '';
  switch (effect.kind) {
    case 'transaction':
      return [`${perhaps}transaction (${effect.effects.flatMap(words).join(', ')})`];
    case 'deferred':
      return [`${perhaps}${effect.phase} (${effect.effects.flatMap(words).join(', ')})`];
    case 'write':
      return [`${perhaps}${effect.operation} ${effect.entities.join(' or ') || 'an entity'}`];
    case 'send':
    case 'external':
      return [`${perhaps}${effect.kind}`];
  }
}
