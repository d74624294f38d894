import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type ts from 'typescript';
import { compilerOf, type Compiler } from './compiler.js';

/** A method with `@Receiver()`, as the running code tells of it. */
export interface Declared {
  readonly type: string;
  readonly method: string;
  readonly dispatchUid: string | undefined;
  /** `file:line`, by the source map of the build. */
  readonly location: string;
}

/**
 * Where decorators really stand. The source maps of SWC leave decorators out, so that a stack names
 * some line near by; the file is right. Where the project has no TypeScript, the line stays as it is.
 */
export class DeclaredPlaces {
  readonly #files = new Map<string, ts.SourceFile | undefined>();
  readonly #compiler: Compiler | undefined;

  constructor(private readonly root: string) {
    try {
      this.#compiler = compilerOf(root);
    } catch {
      this.#compiler = undefined;
    }
  }

  of({ type, method, dispatchUid, location }: Declared): string {
    const [, name = ''] = /^(.*\.[cm]?tsx?):\d+$/.exec(location) ?? [];
    const file = this.#compiler && this.#parsed(name, this.#compiler);
    const decorators = file && this.#compiler && receiversOn(file, type, method, this.#compiler);
    const named = decorators?.find((each) =>
      dispatchUid === undefined ? false : each.getText(file).includes(dispatchUid),
    );
    const decorator = named ?? decorators?.[0];
    if (!file || !decorator) return location;
    const { line } = file.getLineAndCharacterOfPosition(decorator.getStart(file));
    return `${name}:${line + 1}`;
  }

  #parsed(name: string, compiler: Compiler): ts.SourceFile | undefined {
    if (!this.#files.has(name)) this.#files.set(name, parse(join(this.root, name), compiler));
    return this.#files.get(name);
  }
}

function parse(
  path: string,
  { createSourceFile, ScriptTarget }: Compiler,
): ts.SourceFile | undefined {
  try {
    return createSourceFile(path, readFileSync(path, 'utf8'), ScriptTarget.Latest, true);
  } catch {
    return undefined;
  }
}

function receiversOn(
  file: ts.SourceFile,
  type: string,
  method: string,
  compiler: Compiler,
): readonly ts.Decorator[] {
  const found: ts.Decorator[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isClassLike(node) && node.name?.text === type) {
      const member = node.members.find((each) => each.name?.getText(file) === method);
      const decorators =
        member && compiler.canHaveDecorators(member) ? compiler.getDecorators(member) : undefined;
      found.push(...(decorators ?? []).filter((each) => isReceiver(each, compiler)));
    }
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isReceiver({ expression }: ts.Decorator, compiler: Compiler): boolean {
  return (
    compiler.isCallExpression(expression) && expression.expression.getText().endsWith('Receiver')
  );
}
