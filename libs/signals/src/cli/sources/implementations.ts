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

  of(declarations: readonly ts.Declaration[]): readonly FunctionWithBody[] {
    const own = declarations.filter((each) => this.sources.isOwn(each.getSourceFile()));
    const functions = own.flatMap((each) => functionIn(each, this.sources) ?? []);
    return [...functions, ...own.flatMap((each) => this.#overriding(each))];
  }

  #overriding(declaration: ts.Declaration): readonly FunctionWithBody[] {
    const { ts } = this.sources;
    const { parent } = declaration;
    if (!ts.isClassLike(parent) && !ts.isInterfaceDeclaration(parent)) return [];
    const name = ts.getNameOfDeclaration(declaration)?.getText();
    const owner = parent.name && this.sources.symbolAt(parent.name);
    if (!owner || !name || ts.isConstructorDeclaration(declaration)) return [];
    return (this.#subclasses.get(owner) ?? []).flatMap((subclass) =>
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
