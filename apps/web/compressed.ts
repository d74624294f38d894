import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const WORTH_IT = /\.(js|css|svg)$/;

/** Writes a `.br` and a `.gz` beside every text that is built, so that no request has to wait for them. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => WORTH_IT.test(fileName));
      await Promise.all(
        texts.map(async (file) => {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const path = join(dir, file.fileName);
          await writeFile(`${path}.br`, await brotli(source));
          await writeFile(`${path}.gz`, await gzipped(source));
        }),
      );
    },
  };
}

function brotli(source: Buffer): Promise<Buffer> {
  return promisify(brotliCompress)(source, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  });
}

function gzipped(source: Buffer): Promise<Buffer> {
  return promisify(gzip)(source, { level: constants.Z_BEST_COMPRESSION });
}
