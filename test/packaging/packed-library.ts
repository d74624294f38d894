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
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const run = promisify(execFile);

/** The library as npm delivers it, and projects outside this checkout that have installed it. */
export class PackedLibrary {
  private constructor(
    private readonly folder: string,
    readonly tarball: string,
  ) {}

  /** Of the package that SIGNALS_PACKAGE names, or else of one that is packed from the sources. */
  static async make(): Promise<PackedLibrary> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'packed-library-')));
    const { SIGNALS_PACKAGE: given } = process.env;
    return new PackedLibrary(
      folder,
      given ? resolve(given) : await runNode(['scripts/pack.mjs', '--into', folder]),
    );
  }

  async files(): Promise<readonly string[]> {
    const { stdout } = await run('tar', ['-tzf', this.tarball]);
    return stdout.trim().split('\n');
  }

  /** A project with the library, and with those packages of this checkout that are named. */
  async installIn(name: string, packages: readonly string[]): Promise<Project> {
    const project = join(this.folder, name);
    const installed = join(project, 'node_modules/nestjs-signals');
    await cp('test/packaging/consumer', project, { recursive: true });
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', this.tarball, '--strip-components=1', '-C', installed]);
    for (const each of packages) await link(each, project);
    return new Project(project);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

export class Project {
  constructor(readonly folder: string) {}

  async manifest(): Promise<Manifest> {
    const file = join(this.folder, 'node_modules/nestjs-signals/package.json');
    return JSON.parse(await readFile(file, 'utf8'));
  }

  /** The built files of the library whose code fits, seen from its folder; the pages for browsers left out. */
  async filesThatSay(code: RegExp): Promise<readonly string[]> {
    const folder = join(this.folder, 'node_modules/nestjs-signals');
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
  // The library's own dependency need not be the version that the project's tools have.
  const own = resolve('libs/signals/node_modules', name);
  await symlink(existsSync(own) ? own : resolve('node_modules', name), path, 'junction');
}
