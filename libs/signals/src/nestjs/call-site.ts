import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_FILES = /\/nestjs\/(call-site|receiver\.decorator)\.[jt]s/;

/** `file:line` of the nearest caller outside this library, relative to the working directory. */
export function callSite(): string | undefined {
  const frames = new Error('call site').stack?.split('\n').slice(1) ?? [];
  const frame = frames.find((line) => !OWN_FILES.test(line));
  const match = frame && /(?:\(|at )((?:file:\/\/)?\/?[^()]+?):(\d+):\d+\)?$/.exec(frame);
  if (!match) return undefined;
  const [, file = '', line] = match;
  const path = file.startsWith('file://') ? fileURLToPath(file) : file;
  return `${relative(process.cwd(), path)}:${line}`;
}
