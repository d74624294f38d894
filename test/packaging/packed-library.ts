import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export type ModuleKind = 'module' | 'commonjs';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const run = promisify(execFile);

/** The packages of the library, by name. */
export const PACKAGES = [
  'nestjs-signals',
  'nestjs-signals-inspector',
  'nestjs-signals-cli',
] as const;
export type PackageName = (typeof PACKAGES)[number];

/** The packages of the library as npm delivers them, and projects outside this checkout that have installed them. */
export class PackedLibrary {
  private constructor(
    private readonly folder: string,
    private readonly packed: string,
    private readonly version: string,
  ) {}

  /** Of the packages in the folder that SIGNALS_PACKAGES names, or else of what is packed from the sources. */
  static async make(): Promise<PackedLibrary> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'packed-library-')));
    const { SIGNALS_PACKAGES: given } = process.env;
    if (!given) await runNode(['scripts/pack.mjs', '--into', folder]);
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    return new PackedLibrary(folder, given ? resolve(given) : folder, version);
  }

  tarball(name: PackageName): string {
    return join(this.packed, `${name}-${this.version}.tgz`);
  }

  async files(name: PackageName): Promise<readonly string[]> {
    const { stdout } = await run('tar', ['-tzf', this.tarball(name)]);
    return stdout.trim().split('\n');
  }

  /** A project with packages of the library, and with those packages of this checkout that are named. */
  async installIn(
    name: string,
    packages: readonly string[],
    own: readonly PackageName[] = PACKAGES,
  ): Promise<Project> {
    const project = join(this.folder, name);
    await cp('test/packaging/consumer', project, { recursive: true });
    for (const each of own) {
      const installed = join(project, 'node_modules', each);
      await mkdir(installed, { recursive: true });
      await run('tar', ['-xzf', this.tarball(each), '--strip-components=1', '-C', installed]);
    }
    for (const each of packages) await link(each, project);
    return new Project(project);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

export class Project {
  constructor(readonly folder: string) {}

  async manifest(name: PackageName): Promise<Manifest> {
    const file = join(this.folder, 'node_modules', name, 'package.json');
    return JSON.parse(await readFile(file, 'utf8'));
  }

  /** The built files of a package whose code fits, seen from its folder; the pages for browsers left out. */
  async filesThatSay(name: PackageName, code: RegExp): Promise<readonly string[]> {
    const folder = join(this.folder, 'node_modules', name);
    const files = await readdir(join(folder, 'dist'), { recursive: true });
    const built = files.map((file) => `dist/${file}`).filter((file) => file.endsWith('.js'));
    const fitting = await Promise.all(
      built
        .filter((file) => !file.startsWith('dist/inspector/page/'))
        .map(async (file) => code.test(await readFile(join(folder, file), 'utf8')) && file),
    );
    return fitting.filter((file) => file !== false);
  }

  /** What a program says. */
  evaluate(kind: ModuleKind, program: string): Promise<string> {
    return runNode([`--input-type=${kind}`, '--eval', program], this.folder);
  }

  /** What the compiler complains about. */
  async complaints(tsconfig: string): Promise<string> {
    const compiler = resolve('node_modules/typescript/bin/tsc');
    return runNode([compiler, '--pretty', 'false', '--project', tsconfig], this.folder).catch(
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
  }
}

/** Answers what the program says; fails when it fails. */
export async function runNode(args: readonly string[], cwd?: string): Promise<string> {
  const { stdout } = await run(process.execPath, [...args], { cwd });
  return stdout.trim();
}

async function link(name: string, project: string): Promise<void> {
  const path = join(project, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  // The command's own dependency need not be the version that the project's tools have.
  const own = resolve('libs/signals-cli/node_modules', name);
  await symlink(existsSync(own) ? own : resolve('node_modules', name), path, 'junction');
}
