import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { CommandError } from '../command.error.js';

export type Compiler = typeof ts;

/**
 * The TypeScript that the application itself is compiled with.
 *
 * @throws CommandError when there is none, or one without an interface for programs.
 */
export function compilerOf(root: string): Compiler {
  const require = createRequire(join(root, 'package.json'));
  let compiler: Partial<Compiler>;
  try {
    compiler = require('typescript') as Partial<Compiler>;
  } catch (cause) {
    throw new CommandError(
      'Who sends a signal is read from the sources, which needs TypeScript in the project: ' +
        'npm install --save-dev typescript@6',
      { cause },
    );
  }
  if (!compiler.createProgram) {
    throw new CommandError(
      `TypeScript ${compiler.version ?? ''} has no interface for programs, as 7.0 has none; ` +
        'the sources are read with version 5 or 6.',
    );
  }
  return compiler as Compiler;
}
