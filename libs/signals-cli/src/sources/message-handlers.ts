import type ts from 'typescript';
import { calleeOf, functionIn, type Call, type Callee, type FunctionWithBody } from './callee.js';
import type { Sources } from './sources.js';

/** A class that another one's messages reach, without a call that names it. */
interface Handler {
  readonly kind: string;
  /** The classes of its messages. */
  readonly messages: readonly ts.Symbol[];
  readonly implementation: FunctionWithBody;
}

export interface Handled {
  readonly functions: readonly FunctionWithBody[];
  /** Each of them runs; otherwise one of them may. */
  readonly isCertain: boolean;
}

/** Of `@nestjs/cqrs`: which decorator takes what a method of a bus is given, and in which method. */
const BUSES: Readonly<Record<string, { readonly decorator: string; readonly sends: RegExp }>> = {
  CommandBus: { decorator: 'CommandHandler', sends: /^execute$/ },
  QueryBus: { decorator: 'QueryHandler', sends: /^execute$/ },
  EventBus: { decorator: 'EventsHandler', sends: /^publish(All)?$/ },
};
const METHODS: Readonly<Record<string, string>> = {
  CommandHandler: 'execute',
  QueryHandler: 'execute',
  EventsHandler: 'handle',
};

/** Finds the handlers of commands, queries and events by the classes of their messages. */
export class MessageHandlers {
  #handlers: readonly Handler[] | undefined;

  constructor(private readonly sources: Sources) {}

  /** Undefined where the call sends no message. Of a message whose class is not known, all handlers. */
  of(call: Call, { owner = '', name, package: from }: Callee): Handled | undefined {
    const bus = from === '@nestjs/cqrs' ? BUSES[owner.replace(/^I(?=[A-Z])/, '')] : undefined;
    const [first] = call.arguments ?? [];
    if (!bus?.sends.test(name) || !first) return undefined;
    this.#handlers ??= this.#read();
    const handlers = this.#handlers.filter(({ kind }) => kind === bus.decorator);
    const sent = this.#classesOf(this.sources.checker.getTypeAtLocation(first));
    const fitting = handlers.filter(({ messages }) => messages.some((each) => sent.has(each)));
    const chosen = fitting.length > 0 ? fitting : handlers;
    return {
      functions: chosen.map(({ implementation }) => implementation),
      isCertain: fitting.length > 0 && sent.size === 1,
    };
  }

  /** Of a message, a list of messages, or one of several. */
  #classesOf(type: ts.Type): ReadonlySet<ts.Symbol> {
    if (type.isUnion()) return new Set(type.types.flatMap((each) => [...this.#classesOf(each)]));
    const { checker } = this.sources;
    const inside = checker.isArrayType(type)
      ? checker.getTypeArguments(type as ts.TypeReference)
      : [];
    if (inside.length > 0) return new Set(inside.flatMap((each) => [...this.#classesOf(each)]));
    return new Set(type.symbol ? [type.symbol] : []);
  }

  #read(): readonly Handler[] {
    const { ts } = this.sources;
    const found: Handler[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isClassDeclaration(node)) found.push(...this.#handlersIn(node));
      ts.forEachChild(node, visit);
    };
    for (const file of this.sources.files()) visit(file);
    return found;
  }

  #handlersIn(type: ts.ClassDeclaration): readonly Handler[] {
    const { ts } = this.sources;
    return (ts.getDecorators(type) ?? []).flatMap(({ expression }) => {
      if (!ts.isCallExpression(expression)) return [];
      const { name: kind, package: from } = calleeOf(expression, this.sources);
      const method = METHODS[kind];
      const member = type.members.find((each) => each.name?.getText() === method);
      const implementation = member && functionIn(member, this.sources);
      if (from !== '@nestjs/cqrs' || !implementation) return [];
      const messages = expression.arguments.flatMap((each) => this.sources.symbolAt(each) ?? []);
      return [{ kind, messages, implementation }];
    });
  }
}
