import { type ChildProcess, spawn } from 'node:child_process';
import type { Milliseconds } from '../../../core/ids.ts';
import { processLimits } from '../limits.ts';
import { type ProcessIdentity, startTimeOf } from './proc.ts';

/** A program of the host with nothing in its environment, that hears of us by its standard input. */
export class HostProgram {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #deadline: Milliseconds | undefined;
  readonly #ended: Promise<void>;
  #said = '';

  /** Starts it. With a deadline it is killed if it lives longer. */
  constructor(words: readonly string[], deadline?: Milliseconds) {
    const [file = '', ...rest] = words;
    this.#deadline = deadline;
    this.#name = file;
    this.#child = spawn(file, rest, {
      env: {},
      cwd: '/',
      ...(deadline === undefined ? {} : { timeout: deadline }),
      killSignal: 'SIGKILL',
    });
    this.#child.stdin?.on('error', () => {}); // it has ended, and how says all
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-processLimits.tailBytes);
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(this.#words(code, signal)));
      });
    });
    this.#ended.catch(() => {}); // told to whoever waits for it, now or later
  }

  /** Its pid, once it has written something. Rejects with what went wrong, in words; it is killed if it writes nothing by then. */
  async firstWord(deadline: Milliseconds = processLimits.namespaceProgramMs): Promise<number> {
    const wrote = new Promise<void>((resolve) => this.#child.stdout?.once('data', () => resolve()));
    let isLate = false;
    // biome-ignore lint/plugin: a program of the host is waited for by the host's own time, as by spawn's timeout
    const late = setTimeout(() => {
      isLate = true;
      this.kill();
    }, deadline);
    try {
      await Promise.race([wrote, this.#ended]);
    } catch (error) {
      throw isLate ? new Error(`${this.#name} said nothing within ${deadline / 1000} s`) : error;
    } finally {
      clearTimeout(late);
    }
    if (this.#child.pid === undefined || this.#child.exitCode !== null) throw new Error(`${this.#name} said nothing`);
    return this.#child.pid;
  }

  /** Which process it is while it lives. */
  get identity(): ProcessIdentity | undefined {
    const { pid } = this.#child;
    const startTime = pid === undefined ? undefined : startTimeOf(pid);
    return pid === undefined || startTime === undefined ? undefined : { pid, startTime };
  }

  tell(input: string): void {
    this.#child.stdin?.write(input);
  }

  /** Its end, after it was told the last. */
  end(input: string): Promise<void> {
    this.#child.stdout?.resume();
    this.#child.stdin?.end(input);
    return this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #words(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#child.killed && this.#deadline !== undefined)
      return `${this.#name} did not end within ${this.#deadline / 1000} s`;
    const line = this.#said.trim().split('\n')[0];
    return line || `${this.#name} ended with ${signal ?? code}`;
  }
}
