import type ts from 'typescript';
import type { Sources } from './sources.js';
import type { TypeArguments, TypeParameters } from './type-arguments.js';

/** Which entities an expression may hold, by its type: one, a list of them, or one of several. */
export class EntityNames {
  constructor(
    private readonly sources: Sources,
    private readonly known: ReadonlySet<string>,
    private readonly parameters: TypeParameters,
  ) {}

  /** Of `save(order)`, `save(Order, values)` and `repository.save(values)`. */
  writtenBy(
    method: ts.Expression | undefined,
    first: ts.Expression | undefined,
    types: TypeArguments,
  ): readonly string[] {
    const { checker } = this.sources;
    const given = first ? this.#ofTarget(first, types) : [];
    if (given.length > 0) return given;
    return method ? this.#ofType(checker.getTypeAtLocation(method), types) : [];
  }

  #ofTarget(expression: ts.Expression, types: TypeArguments): readonly string[] {
    if (this.sources.ts.isStringLiteralLike(expression)) {
      return this.known.has(expression.text) ? [expression.text] : [];
    }
    return this.#ofType(this.sources.checker.getTypeAtLocation(expression), types);
  }

  #ofType(given: ts.Type, types: TypeArguments, depth = 0): readonly string[] {
    const resolved = this.parameters.resolve(given, types);
    return distinct(resolved.flatMap((type) => this.#namedIn(type, types, depth)));
  }

  #namedIn(type: ts.Type, types: TypeArguments, depth: number): readonly string[] {
    if (depth > 4) return [];
    const { checker } = this.sources;
    if (type.isUnionOrIntersection()) {
      return distinct(type.types.flatMap((each) => this.#ofType(each, types, depth + 1)));
    }
    const name = type.symbol?.name;
    if (name !== undefined && this.known.has(name)) return [name];
    const constructed = type.getConstructSignatures().map((each) => each.getReturnType());
    const inside = [
      ...constructed,
      ...checker.getTypeArguments(type as ts.TypeReference),
      ...(type.isClassOrInterface() ? checker.getBaseTypes(type) : []),
      ...(type.aliasTypeArguments ?? []),
    ];
    return distinct(inside.flatMap((each) => this.#ofType(each, types, depth + 1)));
  }
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
