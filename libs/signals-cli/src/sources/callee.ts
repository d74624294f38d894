import type ts from 'typescript';
import type { Sources } from './sources.js';

export type Call = ts.CallExpression | ts.NewExpression;

export interface FunctionWithBody {
  readonly node: ts.FunctionLikeDeclaration;
  readonly body: ts.ConciseBody;
}

/** What a call calls. */
export interface Callee {
  readonly symbol: ts.Symbol | undefined;
  /** `send`, of a function too. */
  readonly name: string;
  /** The class or interface that has the method. */
  readonly owner: string | undefined;
  readonly package: string | undefined;
  /** The base name of the file that declares it. */
  readonly file: string | undefined;
  readonly declarations: readonly ts.Declaration[];
}

/** The object whose method is called. */
export function objectOf({ expression }: Call, { ts }: Sources): ts.Expression | undefined {
  return ts.isPropertyAccessExpression(expression) ? expression.expression : undefined;
}

export function calleeOf(call: Call, sources: Sources): Callee {
  const symbol = symbolOf(call.expression, sources);
  const signature = sources.checker.getResolvedSignature(call)?.declaration;
  const declarations = symbol?.declarations ?? (signature ? [signature] : []);
  const [declaration] = declarations;
  return {
    symbol,
    name: symbol?.name ?? '',
    owner: declaration && nameOfOwner(declaration, sources),
    package: declaration && sources.packageOf(declaration.getSourceFile()),
    file: declaration?.getSourceFile().fileName.split('/').at(-1),
    declarations,
  };
}

/** A function where it stands: a declaration with a body, or a variable that holds one. */
export function functionIn(node: ts.Node, { ts }: Sources): FunctionWithBody | undefined {
  if (isFunctionLike(node, ts)) return node.body ? { node, body: node.body } : undefined;
  const isHolder = ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node);
  const held = isHolder ? node.initializer : undefined;
  return held && isFunctionLike(held, ts) && held.body
    ? { node: held, body: held.body }
    : undefined;
}

export function isFunctionLike(
  node: ts.Node,
  compiler: Sources['ts'],
): node is ts.FunctionLikeDeclaration {
  return (
    compiler.isArrowFunction(node) ||
    compiler.isFunctionExpression(node) ||
    compiler.isFunctionDeclaration(node) ||
    compiler.isMethodDeclaration(node) ||
    compiler.isConstructorDeclaration(node) ||
    compiler.isGetAccessorDeclaration(node) ||
    compiler.isSetAccessorDeclaration(node)
  );
}

/** `Class.method`, or the name of the function around a node, or of its file. */
export function nameOfPlace(node: ts.Node, sources: Sources): string {
  const { ts } = sources;
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (ts.isClassElement(at)) {
      const owner = nameOfOwner(at, sources);
      const name = at.name?.getText() ?? 'constructor';
      return owner ? `${owner}.${name}` : name;
    }
    if (ts.isFunctionDeclaration(at) && at.name) return at.name.text;
    if (ts.isVariableDeclaration(at) && ts.isIdentifier(at.name) && isTopLevel(at, ts)) {
      return at.name.text;
    }
  }
  return sources.place(node).file;
}

function isTopLevel(node: ts.Node, { isSourceFile }: Sources['ts']): boolean {
  return isSourceFile(node.parent.parent.parent);
}

function nameOfOwner({ parent }: ts.Node, { ts }: Sources): string | undefined {
  return ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)
    ? parent.name?.text
    : undefined;
}

function symbolOf(expression: ts.Expression, sources: Sources): ts.Symbol | undefined {
  const { ts } = sources;
  if (ts.isPropertyAccessExpression(expression)) return sources.symbolAt(expression.name);
  if (ts.isIdentifier(expression)) return sources.symbolAt(expression);
  return undefined;
}

/** `this.method` of `this.method.bind(this)`. */
export function boundBy(
  expression: ts.Expression,
  compiler: Sources['ts'],
): ts.Expression | undefined {
  if (!compiler.isCallExpression(expression)) return undefined;
  const { expression: bind } = expression;
  const isBind = compiler.isPropertyAccessExpression(bind) && bind.name.text === 'bind';
  return isBind ? bind.expression : undefined;
}
