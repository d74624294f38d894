import type ts from 'typescript';
import { functionIn, type FunctionWithBody } from './callee.js';
import type { Sources } from './sources.js';

/**
 * Which functions a call may run. What is injected is known by its type alone, so every class of the
 * application that extends or implements it counts.
 */
export class Implementations {
  readonly #subclasses = new Map<ts.Symbol, ts.ClassLikeDeclaration[]>();

  constructor(private readonly sources: Sources) {
    for (const file of sources.files()) this.#visit(file);
  }

  /** @param on the class of the object that it is called on: other subclasses do not count then. */
  of(declarations: readonly ts.Declaration[], on?: ts.Symbol): readonly FunctionWithBody[] {
    const own = this.declaredBy(declarations);
    const overriding = declarations
      .filter((each) => this.sources.isOwn(each.getSourceFile()))
      .flatMap((each) => this.#overriding(each, on));
    return [...own, ...overriding];
  }

  /** These functions alone, and none that override them. */
  declaredBy(declarations: readonly ts.Declaration[]): readonly FunctionWithBody[] {
    return declarations
      .filter((each) => this.sources.isOwn(each.getSourceFile()))
      .flatMap((each) => functionIn(each, this.sources) ?? []);
  }

  /** Whether a class of the sources extends or implements another one. */
  isBelow(type: ts.ClassLikeDeclaration, above: ts.Symbol): boolean {
    return this.#subclasses.get(above)?.includes(type) ?? false;
  }

  #overriding(declaration: ts.Declaration, on: ts.Symbol | undefined): readonly FunctionWithBody[] {
    const { ts } = this.sources;
    const { parent } = declaration;
    if (!ts.isClassLike(parent) && !ts.isInterfaceDeclaration(parent)) return [];
    const name = ts.getNameOfDeclaration(declaration)?.getText();
    const owner = parent.name && this.sources.symbolAt(parent.name);
    if (!owner || !name || ts.isConstructorDeclaration(declaration)) return [];
    const fits = (subclass: ts.ClassLikeDeclaration): boolean =>
      !on || on === owner || this.isBelow(subclass, on);
    return (this.#subclasses.get(owner) ?? [])
      .filter(fits)
      .flatMap((subclass) =>
        subclass.members
          .filter((member) => member.name?.getText() === name)
          .flatMap((member) => functionIn(member, this.sources) ?? []),
      );
  }

  #visit(node: ts.Node): void {
    const { ts } = this.sources;
    if (ts.isClassLike(node)) {
      for (const above of this.#ancestors(node)) {
        this.#subclasses.set(above, [...(this.#subclasses.get(above) ?? []), node]);
      }
    }
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  #ancestors(
    node: ts.ClassLikeDeclaration | ts.InterfaceDeclaration,
    seen = new Set<ts.Symbol>(),
  ): ReadonlySet<ts.Symbol> {
    const { ts } = this.sources;
    for (const { types } of node.heritageClauses ?? []) {
      for (const { expression } of types) {
        const symbol = this.sources.symbolAt(expression);
        if (!symbol || seen.has(symbol)) continue;
        seen.add(symbol);
        for (const declaration of symbol.declarations ?? []) {
          const hasAncestors =
            ts.isClassLike(declaration) || ts.isInterfaceDeclaration(declaration);
          if (hasAncestors) this.#ancestors(declaration, seen);
        }
      }
    }
    return seen;
  }
}
