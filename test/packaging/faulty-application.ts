import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGES } from './command.js';
import type { PackedLibrary, Project } from './packed-library.js';

const MANIFEST = {
  private: true,
  type: 'module',
  signals: { app: 'dist/app.module.js', map: 'signals-map.md' },
};

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    rootDir: 'src',
    outDir: 'dist',
    sourceMap: true,
    types: ['node'],
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    strict: true,
    skipLibCheck: true,
  },
  include: ['src'],
};

/** A project outside this checkout whose application has every mistake that `lint` finds, compiled. */
export async function installFaultyApplication(library: PackedLibrary): Promise<Project> {
  const project = await library.installIn('faulty', PACKAGES);
  await cp('test/packaging/faulty', join(project.folder, 'src'), { recursive: true });
  await writeFile(join(project.folder, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const complaints = await project.complaints('tsconfig.json');
  if (complaints) throw new Error(complaints);
  return project;
}
