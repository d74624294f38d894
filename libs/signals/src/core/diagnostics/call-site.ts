import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownFile } from '../../own-file.js';

const DEPENDENCY = /[\\/]node_modules[\\/]/;
/** `at name (place)`, or `at place`; places have parentheses and spaces in them, too. */
const FRAME = /^\s*at (?:.*? \((.+)\)|(?:async )?(.+))$/;
const PLACE = /^(.+?):(\d+):\d+$/;
/** Behind a query there is much of TypeORM before there is somebody who asked for it. */
const DEPTH = 60;

/** One frame: the file that runs, and what is printed of it, where source maps may name another. */
interface Frame {
  readonly file: string | null | undefined;
  readonly printed: { readonly file: string; readonly line: string } | undefined;
}

/**
 * `file:line` of the nearest caller that is neither this library nor a dependency, relative to the
 * working directory. Awaiting callers count, as far as V8 keeps them. With `dependencies`, one of them
 * may be the caller too: for what is declared there.
 *
 * Source maps may give frames of dependencies any name, so frames are chosen by their real files
 * and named by the mapped trace. In a bundle all frames have the same file, and source maps alone tell
 * them apart; without them the caller is not known.
 */
export function callSite({ dependencies = false }: { readonly dependencies?: boolean } = {}):
  string | undefined {
  const isCaller = ownFile().isBundle ? isForeignByMap : isForeign;
  const chosen = traceHere().find((frame) => isCaller(frame, dependencies));
  if (!chosen?.printed) return undefined;
  const { file, line } = chosen.printed;
  return `${relative(process.cwd(), file)}:${line}`;
}

function traceHere(): readonly Frame[] {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const mapped = prepare?.value as typeof Error.prepareStackTrace;
  const { stackTraceLimit } = Error;
  let files: readonly Frame['file'][] = [];
  Error.stackTraceLimit = DEPTH;
  Error.prepareStackTrace = (error, sites) => {
    files = sites.map((site) => site.getFileName());
    return (mapped ?? printed)(error, sites) as unknown;
  };
  try {
    const { stack } = new Error('call site');
    const lines = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
    return files.map((file, at) => ({ file, printed: placeIn(lines[at]) }));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare) Object.defineProperty(Error, 'prepareStackTrace', prepare);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}

function printed(_error: Error, sites: readonly NodeJS.CallSite[]): string {
  const where = (site: NodeJS.CallSite) =>
    `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return sites.map((site) => `    at ${where(site)}`).join('\n');
}

function placeIn(line: string | undefined): Frame['printed'] {
  const [, named, bare] = FRAME.exec(line ?? '') ?? [];
  const [, file = '', number = ''] = PLACE.exec(named ?? bare ?? '') ?? [];
  if (!file || file.startsWith('eval at ')) return undefined;
  return { file: pathOf(file), line: number };
}

function isForeign({ file }: Frame, dependencies: boolean): boolean {
  return isCode(file, dependencies) && !file.startsWith(folderOf(ownFile().name));
}

function isForeignByMap({ file, printed: place }: Frame, dependencies: boolean): boolean {
  return isCode(place?.file, dependencies) && file != null && place?.file !== pathOf(file);
}

function isCode(file: string | null | undefined, dependencies: boolean): file is string {
  if (!file || file.startsWith('node:')) return false;
  return dependencies || !DEPENDENCY.test(file);
}

function folderOf(file: string): string {
  return file.replace(/[^\\/]*$/, '');
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}
