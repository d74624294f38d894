import type ts from 'typescript';
import { objectOf, type Call, type Callee, type FunctionWithBody } from './callee.js';
import type { Implementations } from './implementations.js';
import type { Sources } from './sources.js';
import type { TypeArguments, TypeParameters } from './type-arguments.js';

/** Where a call stands: what `this` is there, and what type parameters stand for. */
interface Standpoint {
  readonly self: ts.Type | undefined;
  readonly types: TypeArguments;
}

/** The functions that a call may run, and the type of the object that they run on. */
interface Dispatched {
  readonly functions: readonly FunctionWithBody[];
  readonly object: ts.Type | undefined;
}

/** Tells which functions a call of a method runs, by the type of the object. */
export class Dispatch {
  constructor(
    private readonly sources: Sources,
    private readonly implementations: Implementations,
    private readonly parameters: TypeParameters,
  ) {}

  of(call: Call, { name, declarations }: Callee, { self, types }: Standpoint): Dispatched {
    const { ts, checker } = this.sources;
    const target = ts.isNewExpression(call) ? call : objectOf(call, this.sources);
    if (target?.kind === ts.SyntaxKind.SuperKeyword) {
      return { functions: this.implementations.declaredBy(declarations), object: self };
    }
    if (target?.kind === ts.SyntaxKind.ThisKeyword && self) {
      const own = checker.getPropertyOfType(self, name)?.declarations ?? declarations;
      return { functions: this.implementations.of(own, self.symbol), object: self };
    }
    const [type, ...others] = target
      ? this.parameters.resolve(checker.getTypeAtLocation(target), types)
      : [];
    const object = others.length === 0 && isOfClass(type) ? type : undefined;
    return { functions: this.implementations.of(declarations, object?.symbol), object };
  }

  /** What `this` is in a function that is called on an object: its own class where that says more. */
  selfIn(callee: FunctionWithBody, object: ts.Type | undefined): ts.Type | undefined {
    const { parent } = callee.node;
    const isBelow =
      object &&
      this.sources.ts.isClassLike(parent) &&
      this.implementations.isBelow(parent, object.symbol);
    return isBelow || !object ? this.classAround(callee) : object;
  }

  classAround({ node }: FunctionWithBody): ts.Type | undefined {
    const { ts, checker } = this.sources;
    return ts.isClassLike(node.parent) ? checker.getTypeAtLocation(node.parent) : undefined;
  }
}

function isOfClass(type: ts.Type | undefined): boolean {
  return type !== undefined && (type.isClassOrInterface() || 'target' in type);
}
