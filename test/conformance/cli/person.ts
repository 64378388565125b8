import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = '/usr/bin/script';

/** Only ends waits that hang: no test depends on how fast the machine is. */
const hopeless = 120_000;

/** For `test`: why nobody sits at a terminal here. */
export const personSkip = (): { readonly skip?: string } =>
  existsSync(program) ? {} : { skip: 'needs script of util-linux' };

/** A person at a terminal of 90 by 30, who runs one line of shell on it. */
export class Person {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #seen = '';
  #read = 0;
  #look = () => {};

  constructor(line: string) {
    const command = `stty rows 30 cols 90; ${line}`;
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, TERM: 'xterm-256color' };
    this.#child = spawn(program, ['-q', '-e', '-f', '-c', command, '/dev/null'], { env, stdio: 'pipe' });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#seen += text;
      this.#look();
    });
    this.ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code)));
  }

  get seen(): string {
    return this.#seen;
  }

  /** The terminal is gone, and with it whoever is at it. */
  hangsUp(): void {
    this.#child.kill('SIGKILL');
  }

  types(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** What the pattern found in what came since it was last asked. */
  sees(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const found = pattern.exec(this.#seen.slice(this.#read));
        if (!found) return;
        this.#look = () => {};
        this.#read += found.index + found[0].length;
        resolve(found);
      };
      this.#look();
      const late = AbortSignal.timeout(hopeless);
      late.onabort = () => reject(new Error(`never saw ${pattern} in ${JSON.stringify(this.#seen)}`));
      void this.ended.then(() => reject(new Error(`never saw ${pattern} in ${JSON.stringify(this.#seen)}`)));
    });
  }
}
