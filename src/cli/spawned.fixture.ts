import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', 'bin', 'batchyard');

/** `bin/batchyard` as a process of its own. */
export class SpawnedCommand {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #grown = new EventTarget();

  /** Starts it in `directory`; `variables` are added to a small environment. */
  constructor(words: readonly string[], directory: string, variables: NodeJS.ProcessEnv = {}) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(program, words, {
      cwd: directory,
      env: { PATH, HOME, TMPDIR, DOCKER_HOST: 'unix:///no-daemon-in-tests', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take('stdout', text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#take('stderr', text));
    this.child.on('close', () => this.#grown.dispatchEvent(new Event('grown')));
  }

  /** Waits until the output shows `pattern`; fails when the command ends before. */
  async shows(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this[stream]);
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the command ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      }
      await once(this.#grown, 'grown');
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for the end of the command and of its output. Answers the exit code. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }

  #take(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.#grown.dispatchEvent(new Event('grown'));
  }
}
