import type ts from 'typescript';
import type { Call, FunctionWithBody } from './callee.js';
import type { Sources } from './sources.js';

/** What type parameters stand for, by the symbols of the parameters. */
export type TypeArguments = ReadonlyMap<ts.Symbol, ts.Type>;

const DEEPEST = 10;

/** Finds what the type parameters of generic classes and functions stand for. */
export class TypeParameters {
  /** What the sources give for a parameter of a class anywhere; known once somebody asks. */
  #anywhere: ReadonlyMap<ts.Symbol, ReadonlySet<ts.Type>> | undefined;

  constructor(private readonly sources: Sources) {}

  /** What stands for a type: itself, unless it is a parameter; of one that nothing binds, all that there is. */
  resolve(type: ts.Type, given: TypeArguments, depth = 0): readonly ts.Type[] {
    if (!this.#isParameter(type)) return [type];
    const symbol = type.symbol as ts.Symbol | undefined;
    if (!symbol || depth > DEEPEST) return [];
    const bound = given.get(symbol);
    if (bound && bound !== type) return this.resolve(bound, given, depth + 1);
    this.#anywhere ??= this.#givenAnywhere();
    const possible = [...(this.#anywhere.get(symbol) ?? [])].filter((each) => each !== type);
    return possible.flatMap((each) => this.resolve(each, given, depth + 1));
  }

  /** Of the object whose method runs: the parameters of its class and of all classes above it. */
  ofObject(type: ts.Type | undefined, around: TypeArguments): TypeArguments {
    return type ? new Map([...around, ...this.#ofObject(type)]) : around;
  }

  /** Of a function that is called, by the types of what it is given. */
  ofCall({ node }: FunctionWithBody, call: Call, around: TypeArguments): TypeArguments {
    const own = new Set(
      (node.typeParameters ?? []).flatMap(({ name }) => this.sources.symbolAt(name) ?? []),
    );
    if (own.size === 0) return around;
    const found = new Map([...around].filter(([symbol]) => !own.has(symbol)));
    const {
      checker,
      ts: { TypeFlags },
    } = this.sources;
    const unify = (declared: ts.Type, actual: ts.Type, depth = 0): void => {
      if (depth > DEEPEST) return;
      if (own.has(declared.symbol)) {
        const says = (actual.flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never)) === 0;
        if (says && declared !== actual && !found.has(declared.symbol)) {
          found.set(declared.symbol, actual);
        }
        return;
      }
      const inside = this.#argumentsOf(actual);
      this.#argumentsOf(declared).forEach((each, at) => {
        const other = inside[at];
        if (other) unify(each, other, depth + 1);
      });
    };
    (call.arguments ?? []).forEach((argument, at) => {
      const parameter = node.parameters[at];
      if (parameter) {
        unify(checker.getTypeAtLocation(parameter), checker.getTypeAtLocation(argument));
      }
    });
    return found;
  }

  #ofObject(type: ts.Type, found = new Map<ts.Symbol, ts.Type>()): TypeArguments {
    const { target = type } = type as Partial<ts.TypeReference>;
    if (!target.isClassOrInterface()) return found;
    const given = this.#argumentsOf(type);
    target.typeParameters?.forEach((parameter, at) => {
      const argument = given[at];
      if (argument && argument !== parameter) found.set(parameter.symbol, argument);
    });
    for (const base of this.sources.checker.getBaseTypes(target)) this.#ofObject(base, found);
    return found;
  }

  #argumentsOf(type: ts.Type): readonly ts.Type[] {
    if (type.aliasTypeArguments) return type.aliasTypeArguments;
    const { target } = type as Partial<ts.TypeReference>;
    return target ? this.sources.checker.getTypeArguments(type as ts.TypeReference) : [];
  }

  #isParameter(type: ts.Type): boolean {
    return (type.flags & this.sources.ts.TypeFlags.TypeParameter) !== 0;
  }

  #givenAnywhere(): ReadonlyMap<ts.Symbol, ReadonlySet<ts.Type>> {
    const { ts, checker } = this.sources;
    const found = new Map<ts.Symbol, Set<ts.Type>>();
    const visit = (node: ts.Node): void => {
      const names = ts.isExpressionWithTypeArguments(node) || ts.isTypeReferenceNode(node);
      if ((names && node.typeArguments) || ts.isNewExpression(node)) {
        for (const [symbol, type] of this.#ofObject(checker.getTypeAtLocation(node))) {
          found.set(symbol, (found.get(symbol) ?? new Set()).add(type));
        }
      }
      ts.forEachChild(node, visit);
    };
    for (const file of this.sources.files()) visit(file);
    return found;
  }
}
