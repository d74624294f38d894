import type ts from 'typescript';
import { calleeOf, isFunctionLike, nameOfPlace, type Call } from './callee.js';
import type { FunctionWithBody } from './callee.js';
import { conditionally, type Effect } from './effects.js';
import type { Implementations } from './implementations.js';
import type { RecognisedCalls } from './recognised-calls.js';
import type { Sources } from './sources.js';

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
}

const DEEPEST = 80;

/**
 * Reads what a function does, in the order in which it is written, through all the functions that
 * it calls. It goes by types and names alone: of a branch it does not know whether it is taken, of a
 * callback that is given to a package it assumes that it is called at once.
 */
export class EffectReader {
  readonly #known = new Map<ts.Node, readonly Effect[]>();
  /** How often something was left out because it was being read already. */
  #cut = 0;

  constructor(
    private readonly sources: Sources,
    private readonly calls: RecognisedCalls,
    private readonly implementations: Implementations,
  ) {}

  effectsOf(method: FunctionWithBody): readonly Effect[] {
    return this.#function(method, { running: new Set(), given: new Map() });
  }

  #function({ node, body }: FunctionWithBody, frame: Frame): readonly Effect[] {
    if (frame.running.has(node) || frame.running.size > DEEPEST) {
      this.#cut += 1;
      return [];
    }
    const isFree = frame.given.size === 0;
    const known = isFree ? this.#known.get(node) : undefined;
    if (known) return known;
    const cutBefore = this.#cut;
    const inside = { ...frame, running: new Set([...frame.running, node]) };
    const effects = this.#isAtomic(node)
      ? [this.#transaction(node, this.#visit(body, inside))]
      : this.#visit(body, inside);
    // What was cut off because it runs already would be missing for others.
    if (isFree && this.#cut === cutBefore) this.#known.set(node, effects);
    return effects;
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
    const leaf = this.calls.recognise(call, callee, (expression) => this.#given(expression, frame));
    if (leaf) return [leaf];
    const inside = (): readonly Effect[] => this.#callbacks(call, frame);
    if (callee.package === 'nestjs-signals' || callee.package === 'typeorm') {
      if (callee.name === 'atomic' || callee.name === 'transaction') {
        return [this.#transaction(call, inside())];
      }
      if (callee.name === 'onCommit' || callee.name === 'onRollback') {
        const phase = callee.name === 'onCommit' ? 'afterCommit' : 'afterRollback';
        return [{ kind: 'deferred', phase, effects: inside(), ...this.#happening(call) }];
      }
      return inside();
    }
    const functions = this.implementations.of(callee.declarations);
    if (functions.length === 0) return inside();
    const effects = functions.flatMap((each) => this.#enter(each, call, frame));
    return functions.length > 1 ? conditionally(effects) : effects;
  }

  /** Runs a function of the application with its arguments; those that it only passes on run after it. */
  #enter(callee: FunctionWithBody, call: Call, frame: Frame): readonly Effect[] {
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
    const effects = this.#function(callee, { running: frame.running, given });
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
    const { given } = argument.frame;
    const symbol = this.sources.symbolAt(expression);
    const outer = symbol && given.get(symbol);
    if (outer) return this.#argument(outer, frame);
    return this.#functionsOf(expression).flatMap((each) =>
      this.#function(each, {
        running,
        given: isFunctionLike(expression, this.sources.ts) ? given : new Map(),
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
    return this.implementations.of(this.sources.symbolAt(name)?.declarations ?? []);
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

  #isAtomic(node: ts.FunctionLikeDeclaration): boolean {
    const { ts } = this.sources;
    if (!ts.isMethodDeclaration(node)) return false;
    return (ts.getDecorators(node) ?? []).some(
      ({ expression }) =>
        ts.isCallExpression(expression) &&
        calleeOf(expression, this.sources).name === 'Atomic' &&
        calleeOf(expression, this.sources).package === 'nestjs-signals',
    );
  }
}

/** `this.method` of `this.method.bind(this)`. */
function boundBy(expression: ts.Expression, compiler: Sources['ts']): ts.Expression | undefined {
  if (!compiler.isCallExpression(expression)) return undefined;
  const { expression: bind } = expression;
  const isBind = compiler.isPropertyAccessExpression(bind) && bind.name.text === 'bind';
  return isBind ? bind.expression : undefined;
}
