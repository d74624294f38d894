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
  const name = fileOfCaller(fileOfCaller);
  own = { name, isBundle: !NAME.test(name) };
  return own;
}

/** The folder of that file, which in the package is `dist`; undefined where stacks name no files. */
export function ownFolder(): string | undefined {
  return folderOf(ownFile().name);
}

/**
 * The folder of the file that calls this, for packages beside this one that bring files along and are
 * compiled to CommonJS too. In a bundle it is the bundle's; undefined where stacks name no files.
 */
export function callerFolder(): string | undefined {
  return folderOf(fileOfCaller(callerFolder));
}

function fileOfCaller(called: Function): string {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const { stackTraceLimit } = Error;
  let name: string | null | undefined;
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_error, [caller]) => (name = caller?.getFileName());
  try {
    const traced: { readonly stack?: string } = {};
    Error.captureStackTrace(traced, called);
    void traced.stack;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare) Object.defineProperty(Error, 'prepareStackTrace', prepare);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
  return name ?? '';
}

function folderOf(name: string): string | undefined {
  if (name === '') return undefined;
  return dirname(name.startsWith('file:') ? fileURLToPath(name) : name);
}
