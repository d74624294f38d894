import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOfPage } from '../page-place.js';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
  /** `gzip`, where the file was compressed when it was built. */
  readonly encoding: string | undefined;
}

/** The built page of the inspector; its files are read once and kept. */
export class PageFiles {
  readonly #root = placeOfPage();
  readonly #files = new Map<string, PageFile>();

  /** The document, whose addresses are seen from the path that the inspector is mounted at. */
  document(path: string): string | undefined {
    const html = this.#root && read(join(this.#root, 'index.html'))?.toString('utf8');
    return html?.replace('<head>', `<head><base href="${path}/">`);
  }

  /** A file of the folder `assets`. */
  asset(name: string, acceptsGzip: boolean): PageFile | undefined {
    const key = `${acceptsGzip ? 'gzip' : ''}:${name}`;
    const known = this.#files.get(key) ?? this.#read(name, acceptsGzip);
    if (known) this.#files.set(key, known);
    return known;
  }

  #read(name: string, acceptsGzip: boolean): PageFile | undefined {
    const [, ending = ''] = /^[\w-]+(?:\.[\w-]+)*\.(\w+)$/.exec(name) ?? [];
    const type = TYPES[ending];
    if (!this.#root || type === undefined) return undefined;
    const file = join(this.#root, 'assets', name);
    const zipped = acceptsGzip ? read(`${file}.gz`) : undefined;
    const content = zipped ?? read(file);
    return content && { type, content, encoding: zipped && 'gzip' };
  }
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
