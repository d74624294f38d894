import type ts from 'typescript';
import type { Place, Sources } from './sources.js';

/** A signal as `defineSignal` names it. */
export interface DefinedSignal {
  readonly name: string;
  /** The constant that holds it. */
  readonly constant: string;
  readonly description: string | undefined;
  readonly place: Place;
}

const DEFINERS: ReadonlySet<string> = new Set(['defineSignal', 'defineLifecycleSignal']);

/** Which signal an expression is. */
export class SignalNames {
  readonly #byConstant = new Map<string, string[]>();

  /** @param known the names of the signals that the application knows without its sources. */
  constructor(
    private readonly sources: Sources,
    known: readonly string[],
  ) {
    for (const name of known) {
      const constant = name.split('.').at(-1) ?? name;
      this.#byConstant.set(constant, [...(this.#byConstant.get(constant) ?? []), name]);
    }
  }

  of(expression: ts.Expression): string | undefined {
    const { ts } = this.sources;
    const symbol = this.sources.symbolAt(
      ts.isPropertyAccessExpression(expression) ? expression.name : expression,
    );
    for (const declaration of symbol?.declarations ?? []) {
      const defined = this.definedIn(declaration);
      if (defined) return defined.name;
    }
    // A package that holds signals says in its types what its constants are called, not their names.
    const isFromTypes = symbol?.declarations?.some(
      (each) => each.getSourceFile().isDeclarationFile,
    );
    const isOfLibrary = symbol?.declarations?.some(
      (each) => this.sources.packageOf(each.getSourceFile()) === 'nestjs-signals',
    );
    const [only, ...others] = this.#byConstant.get(symbol?.name ?? '') ?? [];
    return (isFromTypes || isOfLibrary) && others.length === 0 ? only : undefined;
  }

  /** The name of a class, or a name in its place; null for nobody, undefined where nothing tells. */
  ofSender(expression: ts.Expression): string | null | undefined {
    const { ts } = this.sources;
    if (expression.kind === ts.SyntaxKind.NullKeyword) return null;
    if (ts.isStringLiteralLike(expression)) return expression.text;
    const declarations = this.sources.symbolAt(expression)?.declarations ?? [];
    const type = declarations.find((each) => ts.isClassDeclaration(each));
    return type?.name?.text;
  }

  /** The sender that the options of a send name; null for nobody, undefined where nothing tells. */
  ofSenderIn(
    options: ts.Expression,
    given: (expression: ts.Expression) => ts.Expression,
  ): string | null | undefined {
    const { ts } = this.sources;
    if (!ts.isObjectLiteralExpression(options)) return undefined;
    const property = options.properties.findLast((each) => each.name?.getText() === 'sender');
    if (!property) return options.properties.some(ts.isSpreadAssignment) ? undefined : null;
    if (ts.isShorthandPropertyAssignment(property)) return this.ofSender(given(property.name));
    return ts.isPropertyAssignment(property)
      ? this.ofSender(given(property.initializer))
      : undefined;
  }

  /** All signals that the application's sources define. */
  defined(): readonly DefinedSignal[] {
    const found: DefinedSignal[] = [];
    const visit = (node: ts.Node): void => {
      const signal = this.definedIn(node);
      if (signal) found.push(signal);
      else this.sources.ts.forEachChild(node, visit);
    };
    for (const file of this.sources.files()) visit(file);
    return found;
  }

  private definedIn(node: ts.Node): DefinedSignal | undefined {
    const { ts } = this.sources;
    if (!ts.isVariableDeclaration(node) || !node.initializer) return undefined;
    const { initializer, name } = node;
    if (!ts.isCallExpression(initializer) || !ts.isIdentifier(name)) return undefined;
    const definer = this.sources.symbolAt(initializer.expression)?.name ?? '';
    const [first, definition] = initializer.arguments;
    if (!DEFINERS.has(definer) || !first || !ts.isStringLiteralLike(first)) return undefined;
    return {
      name: first.text,
      constant: name.text,
      description: definition && describedIn(definition, ts),
      place: this.sources.place(node),
    };
  }
}

function describedIn(definition: ts.Expression, compiler: Sources['ts']): string | undefined {
  if (!compiler.isObjectLiteralExpression(definition)) return undefined;
  for (const property of definition.properties) {
    const isDescription = property.name?.getText() === 'description';
    if (!isDescription || !compiler.isPropertyAssignment(property)) continue;
    if (compiler.isStringLiteralLike(property.initializer)) return property.initializer.text;
  }
  return undefined;
}
