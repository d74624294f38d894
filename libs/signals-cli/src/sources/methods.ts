import type ts from 'typescript';
import { calleeOf, functionIn, type FunctionWithBody } from './callee.js';
import type { SignalNames } from './signal-names.js';
import type { Place, Sources } from './sources.js';

/** A method of a class of the application. */
export interface Method {
  readonly place: Place;
  readonly implementation: FunctionWithBody;
  /** The class that has it, which may inherit it. */
  readonly self: ts.Type;
}

/** The decorators that connect a method. */
const DECORATORS: ReadonlySet<string> = new Set(['Receiver', 'DurableReceiver']);

/** A method with one of them. */
export interface ReceiverInSource {
  readonly type: string;
  readonly method: string;
  readonly place: Place;
}

/** Finds the methods that an application has at run time in its sources, by the names of their classes. */
export class Methods {
  readonly #classes = new Map<string, ts.ClassDeclaration[]>();

  constructor(
    private readonly sources: Sources,
    private readonly names: SignalNames,
  ) {
    const visit = (node: ts.Node): void => {
      if (sources.ts.isClassDeclaration(node) && node.name) {
        const { text } = node.name;
        this.#classes.set(text, [...(this.#classes.get(text) ?? []), node]);
      }
      sources.ts.forEachChild(node, visit);
    };
    for (const file of sources.files()) visit(file);
  }

  /** @param location `file:line` of a declaration in it, to tell classes of one name apart. */
  find(type: string, name: string, location?: string): Method | undefined {
    const classes = this.#classes.get(type) ?? [];
    const declared =
      classes.length > 1
        ? (classes.find((each) => location?.startsWith(this.sources.place(each).file)) ??
          classes[0])
        : classes[0];
    return (
      declared && this.#method(declared, name, this.sources.checker.getTypeAtLocation(declared))
    );
  }

  /** Where the decorator stands that connects the method to the signal. */
  placeOfReceiver({ implementation, place }: Method, signal: string | undefined): Place {
    const { ts } = this.sources;
    const receivers = this.#receiversOn(implementation.node);
    const named = receivers.find(({ expression }) => {
      const [first] = (expression as ts.CallExpression).arguments;
      return first && !ts.isArrayLiteralExpression(first) && this.names.of(first) === signal;
    });
    const decorator = named ?? receivers[0];
    return decorator ? this.sources.place(decorator) : place;
  }

  receivers(): readonly ReceiverInSource[] {
    return [...this.#classes].flatMap(([type, classes]) =>
      classes.flatMap(({ members }) =>
        members.flatMap((member) => {
          const [decorator] = this.#receiversOn(member);
          const method = member.name?.getText();
          return decorator && method
            ? [{ type, method, place: this.sources.place(decorator) }]
            : [];
        }),
      ),
    );
  }

  #receiversOn(node: ts.Node): readonly ts.Decorator[] {
    const { ts } = this.sources;
    const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
    return decorators.filter(({ expression }) => {
      if (!ts.isCallExpression(expression)) return false;
      const { name, package: from } = calleeOf(expression, this.sources);
      return from === 'nestjs-signals' && DECORATORS.has(name);
    });
  }

  #method(type: ts.ClassLikeDeclaration, name: string, self: ts.Type): Method | undefined {
    const member = type.members.find((each) => each.name?.getText() === name);
    const implementation = member && functionIn(member, this.sources);
    if (member?.name && implementation) {
      return { place: this.sources.place(member.name), implementation, self };
    }
    const { ts } = this.sources;
    const base = baseOf(type, ts);
    const declared =
      base && this.sources.symbolAt(base.expression)?.declarations?.find(ts.isClassLike);
    return declared && this.#method(declared, name, self);
  }
}

function baseOf(
  { heritageClauses }: ts.ClassLikeDeclaration,
  { SyntaxKind }: Sources['ts'],
): ts.ExpressionWithTypeArguments | undefined {
  return heritageClauses?.find(({ token }) => token === SyntaxKind.ExtendsKeyword)?.types[0];
}
