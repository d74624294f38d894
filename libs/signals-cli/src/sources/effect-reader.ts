import type ts from 'typescript';
import { boundBy, calleeOf, isFunctionLike, nameOfPlace, type Call } from './callee.js';
import type { FunctionWithBody } from './callee.js';
import { conditionally, type Effect } from './effects.js';
import type { Dispatch } from './dispatch.js';
import type { Implementations } from './implementations.js';
import type { MessageHandlers } from './message-handlers.js';
import type { RecognisedCalls } from './recognised-calls.js';
import type { Sources } from './sources.js';
import {
  handlesTransactions,
  isTransactional,
  opensTransaction,
  phaseDeferredTo,
} from './transactional-calls.js';
import type { TypeArguments, TypeParameters } from './type-arguments.js';

/** A function or a signal that a parameter stands for, with what the parameters around it stand for. */
interface Argument {
  readonly expression: ts.Expression;
  readonly frame: Frame;
  isCalled: boolean;
}

/** One call on the way: what its parameters stand for. */
interface Frame {
  readonly running: ReadonlySet<ts.Node>;
  readonly given: ReadonlyMap<ts.Symbol, Argument>;
  /** What `this` is. */
  readonly self: ts.Type | undefined;
  readonly types: TypeArguments;
}

/** How a call is followed to the functions that it runs. */
interface Ways {
  readonly implementations: Implementations;
  readonly dispatch: Dispatch;
  readonly handlers: MessageHandlers;
  readonly parameters: TypeParameters;
}

const DEEPEST = 80;
const NO_TYPES: TypeArguments = new Map();

/**
 * Reads what a function does, in the order in which it is written, through all the functions that
 * it calls. It goes by types and names alone: of a branch it does not know whether it is taken, of a
 * callback that is given to a package it assumes that it is called at once.
 */
export class EffectReader {
  readonly #known = new Map<ts.Node, Map<string, readonly Effect[]>>();
  readonly #numbers = new Map<ts.Type, number>();
  /** How often something was left out because it was being read already. */
  #cut = 0;

  constructor(
    private readonly sources: Sources,
    private readonly calls: RecognisedCalls,
    private readonly ways: Ways,
  ) {}

  /** @param self the class whose method it is, which may inherit it. */
  effectsOf(method: FunctionWithBody, self: ts.Type): readonly Effect[] {
    const types = this.ways.parameters.ofObject(self, NO_TYPES);
    return this.#function(method, { running: new Set(), given: new Map(), self, types });
  }

  #function({ node, body }: FunctionWithBody, frame: Frame): readonly Effect[] {
    if (frame.running.has(node) || frame.running.size > DEEPEST) {
      this.#cut += 1;
      return [];
    }
    const isFree = frame.given.size === 0;
    const key = isFree ? this.#keyOf(frame) : '';
    const known = isFree ? this.#known.get(node)?.get(key) : undefined;
    if (known) return known;
    const cutBefore = this.#cut;
    const inside = { ...frame, running: new Set([...frame.running, node]) };
    const effects = isTransactional(node, this.sources)
      ? [this.#transaction(node, this.#visit(body, inside))]
      : this.#visit(body, inside);
    // What was cut off because it runs already would be missing for others.
    if (isFree && this.#cut === cutBefore) {
      this.#known.set(node, (this.#known.get(node) ?? new Map()).set(key, effects));
    }
    return effects;
  }

  /** Of what a function does depends on: what `this` is, and what type parameters stand for. */
  #keyOf({ self, types }: Frame): string {
    return [...(self ? [self] : []), ...types.values()].map((type) => this.#numberOf(type)).join();
  }

  #numberOf(type: ts.Type): number {
    const number = this.#numbers.get(type) ?? this.#numbers.size;
    this.#numbers.set(type, number);
    return number;
  }

  #visit(node: ts.Node, frame: Frame): readonly Effect[] {
    const { ts } = this.sources;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return this.#call(node, frame);
    if (isFunctionLike(node, ts) || ts.isClassLike(node)) return [];
    if (ts.isIfStatement(node)) {
      return [
        ...this.#visit(node.expression, frame),
        ...conditionally(this.#visit(node.thenStatement, frame)),
        ...(node.elseStatement ? conditionally(this.#visit(node.elseStatement, frame)) : []),
      ];
    }
    if (ts.isConditionalExpression(node)) {
      return [
        ...this.#visit(node.condition, frame),
        ...conditionally(this.#visit(node.whenTrue, frame)),
        ...conditionally(this.#visit(node.whenFalse, frame)),
      ];
    }
    if (ts.isBinaryExpression(node) && this.#shortens(node.operatorToken.kind)) {
      return [...this.#visit(node.left, frame), ...conditionally(this.#visit(node.right, frame))];
    }
    const isBranch = ts.isCatchClause(node) || ts.isCaseOrDefaultClause(node);
    const effects = this.#children(node, frame);
    return isBranch ? conditionally(effects) : effects;
  }

  #children(node: ts.Node, frame: Frame): readonly Effect[] {
    const effects: Effect[] = [];
    this.sources.ts.forEachChild(node, (child) => {
      effects.push(...this.#visit(child, frame));
    });
    return effects;
  }

  #shortens(operator: ts.SyntaxKind): boolean {
    const { SyntaxKind } = this.sources.ts;
    return (
      operator === SyntaxKind.AmpersandAmpersandToken ||
      operator === SyntaxKind.BarBarToken ||
      operator === SyntaxKind.QuestionQuestionToken
    );
  }

  #call(call: Call, frame: Frame): readonly Effect[] {
    const before = [
      ...this.#visit(call.expression, frame),
      ...(call.arguments ?? []).flatMap((argument) => this.#visit(argument, frame)),
    ];
    return [...before, ...this.#called(call, frame)];
  }

  #called(call: Call, frame: Frame): readonly Effect[] {
    const callee = calleeOf(call, this.sources);
    const argument = callee.symbol && frame.given.get(callee.symbol);
    if (argument) return this.#argument(argument, frame);
    const leaf = this.calls.recognise(
      call,
      callee,
      (expression) => this.#given(expression, frame),
      frame.types,
    );
    if (leaf) return [leaf];
    const inside = (): readonly Effect[] => this.#callbacks(call, frame);
    if (handlesTransactions(callee)) {
      if (opensTransaction(callee)) return [this.#transaction(call, inside())];
      const phase = phaseDeferredTo(callee);
      if (!phase) return inside();
      return [{ kind: 'deferred', phase, effects: inside(), ...this.#happening(call) }];
    }
    const handled = this.ways.handlers.of(call, callee);
    if (handled) {
      const effects = handled.functions.flatMap((each) => this.#handle(each, frame));
      return [...inside(), ...(handled.isCertain ? effects : conditionally(effects))];
    }
    const { functions, object } = this.ways.dispatch.of(call, callee, frame);
    if (functions.length === 0) return inside();
    const effects = functions.flatMap((each) => this.#enter(each, call, frame, object));
    return functions.length > 1 ? conditionally(effects) : effects;
  }

  /** A handler is called by a package, with nothing that its code would tell apart. */
  #handle(handler: FunctionWithBody, { running }: Frame): readonly Effect[] {
    const self = this.ways.dispatch.classAround(handler);
    const types = this.ways.parameters.ofObject(self, NO_TYPES);
    return this.#function(handler, { running, given: new Map(), self, types });
  }

  /** Runs a function of the application with its arguments; those that it only passes on run after it. */
  #enter(
    callee: FunctionWithBody,
    call: Call,
    frame: Frame,
    object: ts.Type | undefined,
  ): readonly Effect[] {
    const given = new Map<ts.Symbol, Argument>();
    const unnamed: Argument[] = [];
    (call.arguments ?? []).forEach((expression, at) => {
      if (!this.#isTelling(expression, frame)) return;
      const argument = { expression, frame, isCalled: false };
      const name = callee.node.parameters[at]?.name;
      const symbol = name && this.sources.symbolAt(name);
      if (symbol) given.set(symbol, argument);
      else unnamed.push(argument);
    });
    const self = this.ways.dispatch.selfIn(callee, object);
    const types = this.ways.parameters.ofCall(
      callee,
      call,
      this.ways.parameters.ofObject(self, frame.types),
    );
    const effects = this.#function(callee, { running: frame.running, given, self, types });
    const uncalled = [...given.values(), ...unnamed].filter(({ isCalled }) => !isCalled);
    return [...effects, ...uncalled.flatMap((each) => this.#argument(each, frame))];
  }

  /** Whether it matters which argument it is: functions and signals do. */
  #isTelling(expression: ts.Expression, frame: Frame): boolean {
    const symbol = this.sources.symbolAt(expression);
    if (symbol && frame.given.has(symbol)) return true;
    const type = this.sources.checker.getTypeAtLocation(expression);
    return (
      type.getCallSignatures().length > 0 ||
      /^Signal(Of)?$/.test(type.aliasSymbol?.name ?? type.symbol?.name ?? '')
    );
  }

  #argument(argument: Argument, frame: Frame): readonly Effect[] {
    argument.isCalled = true;
    const { running } = frame;
    const { expression } = argument;
    const { given, self, types } = argument.frame;
    const symbol = this.sources.symbolAt(expression);
    const outer = symbol && given.get(symbol);
    if (outer) return this.#argument(outer, frame);
    return this.#functionsOf(expression).flatMap((each) =>
      this.#function(each, {
        running,
        given: isFunctionLike(expression, this.sources.ts) ? given : new Map(),
        self,
        types,
      }),
    );
  }

  /** Functions that are given to a package: it is assumed to call them. */
  #callbacks(call: Call, frame: Frame): readonly Effect[] {
    const { ts } = this.sources;
    return (call.arguments ?? []).flatMap((argument) => {
      const values = ts.isObjectLiteralExpression(argument)
        ? argument.properties.flatMap((each) =>
            ts.isPropertyAssignment(each) ? [each.initializer] : [],
          )
        : [argument];
      return values.flatMap((expression) =>
        this.#argument({ expression, frame, isCalled: false }, frame),
      );
    });
  }

  /** `() => …`, the name of a function, or `this.method.bind(this)`. */
  #functionsOf(expression: ts.Expression): readonly FunctionWithBody[] {
    const { ts } = this.sources;
    if (isFunctionLike(expression, ts))
      return expression.body ? [{ node: expression, body: expression.body }] : [];
    const target = boundBy(expression, ts) ?? expression;
    if (!ts.isIdentifier(target) && !ts.isPropertyAccessExpression(target)) return [];
    const name = ts.isIdentifier(target) ? target : target.name;
    return this.ways.implementations.of(this.sources.symbolAt(name)?.declarations ?? []);
  }

  #given(expression: ts.Expression, frame: Frame): ts.Expression {
    const symbol = this.sources.symbolAt(expression);
    const argument = symbol && frame.given.get(symbol);
    if (!argument) return expression;
    argument.isCalled = true;
    return this.#given(argument.expression, argument.frame);
  }

  #transaction(node: ts.Node, effects: readonly Effect[]): Effect {
    return { kind: 'transaction', effects, ...this.#happening(node) };
  }

  #happening(node: ts.Node): Pick<Effect, 'site' | 'isConditional'> {
    const by = nameOfPlace(node, this.sources);
    return { site: { by, ...this.sources.place(node) }, isConditional: false };
  }
}
