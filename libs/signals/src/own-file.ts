import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Under this name the package has it; in a bundle it is part of another file. */
const NAME = /[\\/]own-file\.[jt]s$/;

/** The file that the library runs from, as the frames of stacks name files. */
export interface OwnFile {
  /** A path or a URL; empty where stacks name no files. */
  readonly name: string;
  /** The library is not in files of its own: somebody has put it into a bundle. */
  readonly isBundle: boolean;
}

let own: OwnFile | undefined;

/**
 * Asks a stack, because a module that says `import.meta` cannot be compiled to CommonJS, which Jest
 * and bundlers do with packages.
 */
export function ownFile(): OwnFile {
  if (own) return own;
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const { stackTraceLimit } = Error;
  let name: string | null | undefined;
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_error, [here]) => (name = here?.getFileName());
  try {
    void new Error('own file').stack;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare) Object.defineProperty(Error, 'prepareStackTrace', prepare);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
  own = { name: name ?? '', isBundle: !NAME.test(name ?? '') };
  return own;
}

/** The folder of that file, which in the package is `dist`; undefined where stacks name no files. */
export function ownFolder(): string | undefined {
  const { name } = ownFile();
  if (name === '') return undefined;
  return dirname(name.startsWith('file:') ? fileURLToPath(name) : name);
}
