import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const BUILT = 'dist/apps/api/src';

/** A process of the built application, which may be killed and started again. */
abstract class BuiltProcess {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly entry: string,
    /** What it says when it is ready. */
    private readonly ready: RegExp,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Whether it has said that it is ready, and runs. */
  isReady = false;

  /** What it has said so far. */
  get said(): string {
    return this.output;
  }

  /** Answers with the line that says that it is ready. */
  protected async launch(environment: Readonly<Record<string, string>>): Promise<string> {
    const { APPLICATION_NODE: node = process.execPath, PATH } = process.env;
    const child = spawn(node, ['--enable-source-maps', `${BUILT}/${this.entry}`], {
      env: { PATH, ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.once('exit', () => {
      if (this.child !== child) return;
      this.child = undefined;
      this.isReady = false;
    });
    child.stderr.on('data', (chunk) => (this.output += String(chunk)));
    const lines = createInterface(child.stdout);
    return new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        this.output += `${line}\n`;
        if (!this.ready.test(line)) return;
        this.isReady = true;
        resolve(line);
      });
      child.once('exit', () => reject(new Error(`${this.entry} ended:\n${this.output}`)));
    });
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
    this.isReady = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** The application, which answers at the same address whenever it runs. */
export class ApplicationProcess extends BuiltProcess {
  private port = '0';

  constructor(environment: Readonly<Record<string, string>>) {
    super('main.js', /^\s+Shop\s+http|Answers at http/, environment);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const line = await this.launch({ ...environment, PORT: this.port, HOST: '127.0.0.1' });
    const [url = ''] = /http\S+/.exec(line) ?? [];
    this.port = new URL(url).port;
  }
}

/** A process that runs durable receivers and nothing else. */
export class WorkerProcess extends BuiltProcess {
  constructor(environment: Readonly<Record<string, string>>) {
    super('worker.js', /Runs durable receivers/, environment);
  }

  async start(): Promise<void> {
    await this.launch({});
  }
}
