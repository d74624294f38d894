import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const ENTRY_FILE = 'dist/apps/api/src/main.js';
const ADDRESS = /^\s+Shop\s+(http\S+)/;

/** The built application in a process of its own, which may be killed and started again at the same address. */
export class ApplicationProcess {
  private child: ChildProcess | undefined;
  private port = '0';
  private output = '';

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it has said so far. */
  get said(): string {
    return this.output;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { APPLICATION_NODE: node = process.execPath, PATH } = process.env;
    const child = spawn(node, ['--enable-source-maps', ENTRY_FILE], {
      env: { PATH, ...this.environment, ...environment, PORT: this.port, HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stderr.on('data', (chunk) => (this.output += String(chunk)));
    const lines = createInterface(child.stdout);
    const listening = new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        this.output += `${line}\n`;
        const [, url] = ADDRESS.exec(line) ?? [];
        if (url) resolve(new URL(url).port);
      });
      child.once('exit', () => reject(new Error(`The application ended:\n${this.output}`)));
    });
    this.port = await listening;
  }

  /** As the system kills it, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
