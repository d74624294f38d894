import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

export type Compiler = typeof ts;

/**
 * The TypeScript that the application itself is compiled with; the one of this package where the
 * project has none, or one without an interface for programs, as 7.0 is.
 */
export function compilerOf(root: string): Compiler {
  return compilerSeenFrom(join(root, 'package.json')) ?? ownCompiler();
}

function compilerSeenFrom(file: string): Compiler | undefined {
  try {
    const compiler = createRequire(file)('typescript') as Compiler;
    return 'createProgram' in compiler ? compiler : undefined;
  } catch {
    return undefined;
  }
}

/** Loaded when it is needed: most commands read no sources. */
function ownCompiler(): Compiler {
  return createRequire(import.meta.url)('typescript') as Compiler;
}
