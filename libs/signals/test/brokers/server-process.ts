import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Kills the server when standard input ends, so that it does not outlive the process that started it. */
const GUARD = `exec 3<&0
"$@" 3<&- &
server=$!
{ cat <&3; kill -9 $server; } > /dev/null 2>&1 &
wait $server`;

/** A server in a process of its own, which is only ever killed. */
export class ServerProcess {
  private constructor(
    private readonly guard: ChildProcessByStdio<Writable, Readable, null>,
    /** What its log said of {@link start}'s `ready`. */
    readonly said: RegExpExecArray,
  ) {}

  /** @param ready what its log says once it can be asked. */
  static async start(
    command: string,
    args: readonly string[],
    ready: RegExp,
  ): Promise<ServerProcess> {
    // Some log to standard error.
    const guarded = ['-c', `{ ${GUARD}\n} 2>&1`, 'sh', command, ...args];
    const guard = spawn('sh', guarded, { stdio: ['pipe', 'pipe', 'inherit'] });
    return new ServerProcess(guard, await sayingOf(guard.stdout, ready));
  }

  async kill(): Promise<void> {
    if (this.guard.exitCode !== null) return;
    const ended = once(this.guard, 'exit');
    this.guard.stdin.end();
    await ended;
  }
}

function sayingOf(output: Readable, wanted: RegExp): Promise<RegExpExecArray> {
  const log: string[] = [];
  const lines = createInterface(output);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line);
      const found = wanted.exec(line);
      if (found) resolve(found);
    });
    lines.once('close', () => reject(new Error(`The server ended:\n${log.join('\n')}`)));
  });
}
