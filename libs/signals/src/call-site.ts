import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = new URL('./', import.meta.url).href;
const DEPENDENCY = /[\\/]node_modules[\\/]/;
/** Behind a query there is much of TypeORM before there is somebody who asked for it. */
const DEPTH = 60;

/**
 * `file:line` of the nearest caller that is neither this library nor a dependency, relative to the
 * working directory. Awaiting callers count, as far as V8 keeps them.
 *
 * Source maps may give frames of dependencies any name, so frames are chosen by their real files
 * and named by the mapped trace.
 */
export function callSite(): string | undefined {
  const { chosen, lines } = traceHere();
  const frame = chosen < 0 ? undefined : lines[chosen];
  const match =
    frame && /(?:\(|at (?:async )?)((?:file:\/\/)?\/?[^()]+?):(\d+):\d+\)?$/.exec(frame);
  if (!match) return undefined;
  const [, file = '', line] = match;
  const path = file.startsWith('file://') ? fileURLToPath(file) : file;
  return `${relative(process.cwd(), path)}:${line}`;
}

/** The frames as they are printed, and which of them is the nearest foreign one. */
function traceHere(): { readonly chosen: number; readonly lines: readonly string[] } {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const mapped = prepare?.value as typeof Error.prepareStackTrace;
  const { stackTraceLimit } = Error;
  let chosen = -1;
  Error.stackTraceLimit = DEPTH;
  Error.prepareStackTrace = (error, sites) => {
    chosen = sites.findIndex((site) => isForeign(site.getFileName()));
    return (mapped ?? printed)(error, sites) as unknown;
  };
  try {
    const { stack } = new Error('call site');
    return { chosen, lines: stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [] };
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

function isForeign(file: string | null | undefined): boolean {
  if (!file || file.startsWith('node:') || DEPENDENCY.test(file)) return false;
  return !file.startsWith(LIBRARY) && !file.startsWith(fileURLToPath(LIBRARY));
}
