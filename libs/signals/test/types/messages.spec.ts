import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const FILE = join(import.meta.dirname, 'mistakes.ts');
const PRELUDE = `
import { changed, defineSignal, Receiver, Signals, type DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { postSave, type PostSave } from 'nestjs-signals/typeorm';
class User { readonly email!: string; }
class Order { readonly total!: number; }
interface Paid { readonly orderId: string }
const paid = defineSignal<Paid>('orders.paid');
const signals = new Signals();
`;

/** A mistake, what stands in its place, and what the compiler says of it. */
const MISTAKES: readonly (readonly [string, string, RegExp])[] = [
  [
    'a receiver of another payload',
    `class A { @Receiver(paid) hear(event: { readonly orderId: number }) { return event; } }`,
    /'the parameter does not fit the payload of the signal': Paid/,
  ],
  [
    'a receiver of another entity',
    `class A { @Receiver(postSave, { sender: User }) hear(event: PostSave<Order>) { return event; } }`,
    /'the parameter does not fit the payload of the signal': PreSave<User>/,
  ],
  [
    'a receiver that asks for what only durable ones have',
    `class A { @Receiver(paid) hear(event: Paid, context: DurableReceiverContext) { return context; } }`,
    /'the second parameter is no context of this kind of receiver': ReceiverContext/,
  ],
  [
    'a durable receiver that asks for an instance',
    `class A { @DurableReceiver(postSave, { sender: User, dispatchUid: 'a' }) hear({ instance }: PostSave<User>) { return instance; } }`,
    /'the parameter does not fit the payload of the signal': SerializedSave<User>/,
  ],
  [
    'a durable receiver without a name for its deliveries',
    `class A { @DurableReceiver(paid, {}) hear(event: Paid) { return event; } }`,
    /Property 'dispatchUid' is missing/,
  ],
  [
    'a durable receiver that is declared as an ordinary one',
    `class A { @Receiver(paid, { phase: 'durable', dispatchUid: 'a' }) hear(event: Paid) { return event; } }`,
    /'"durable"' is not assignable to type '"inTransaction" | "afterCommit"/,
  ],
  [
    'a column that the sender has not',
    `class A { @Receiver(postSave, { sender: User, when: changed('emial') }) hear() {} }`,
    /'"emial"'/,
  ],
];

const RIGHT = `class A {
  @Receiver(paid) hear({ orderId }: Paid) { return orderId; }
  @DurableReceiver(paid, { dispatchUid: 'a' })
  later({ orderId }: Paid, { attempt }: DurableReceiverContext) { return [orderId, attempt]; }
}`;

describe('The compiler', () => {
  let messages: Map<string, string>;

  beforeAll(() => {
    messages = messagesOf([...MISTAKES.map(([, code]) => code), RIGHT]);
  }, 60_000);

  it.each(MISTAKES)('says of %s what is wrong', (_, code, expected) => {
    expect(messages.get(code)).toMatch(expected);
  });

  it('has nothing to say of what is right', () => {
    expect(messages.get(RIGHT)).toBe('');
  });
});

/** What is said of each piece of code, all compiled as one file. */
function messagesOf(pieces: readonly string[]): Map<string, string> {
  const blocks = pieces.map((code) => `{ ${code} }\n`);
  const text = [PRELUDE, ...blocks, 'void [signals, changed, Order];'].join('');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)).config,
    ts.sys,
    '.',
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) =>
    path === FILE
      ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      : read(path, ...rest);
  host.fileExists = (path) => path === FILE || ts.sys.fileExists(path);
  const program = ts.createProgram([FILE], { ...options, noEmit: true }, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(FILE));
  return new Map(
    pieces.map((code, index) => {
      const start = PRELUDE.length + blocks.slice(0, index).join('').length;
      const end = start + (blocks[index]?.length ?? 0);
      const own = diagnostics.filter(({ start: at = -1 }) => at >= start && at < end);
      const said = own.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      return [code, said.join('\n')];
    }),
  );
}
