import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { shellWord } from '../../../core/quote-posix.ts';
import type { TerminalRequest, TerminalSize } from '../../entered-command.ts';
import { errorCode } from '../errors.ts';
import type { HostTools } from '../host/host-abilities.ts';
import { processLimits } from '../limits.ts';
import { ownPath } from '../plan/scripts.ts';

/** Why this host has no terminal for a command; undefined if it has. */
export function noTerminal(tools: HostTools): string | undefined {
  const missing = (['script', 'setsid', 'stty'] as const).filter((name) => tools[name] === undefined);
  if (missing.length === 0) return undefined;
  return `there is no terminal for it: ${missing.join(' and ')} (util-linux, coreutils) not installed on the server's host`;
}

/**
 * The words of a program that becomes `words` on a terminal of their own: its standard input and output are that terminal's
 * other end. It says the terminal's name on descriptor 4. All of it is the host's, outside of the job, with an empty environment.
 */
export function onTerminal(
  words: readonly string[],
  { columns, rows }: TerminalSize,
  tools: HostTools,
): readonly string[] {
  const { script = 'script', stty = 'stty' } = tools;
  const begin = `${ownPath}; ${shellWord(stty)} sane rows ${rows} cols ${columns}; tty >&4; exec 4>&-`;
  const command = `${begin}; exec ${words.map(shellWord).join(' ')}`;
  // -q: no words of its own, -e: the exit code of the command, -f: at once, -c: what it runs; it keeps no record.
  return [script, '-q', '-e', '-f', '-c', command, '/dev/null'];
}

/** What a shell reads to tell programs which terminal it is. */
export function terminalExport({ type }: TerminalRequest): string {
  return `export TERM=${shellWord(type)}\n`;
}

/** Gives a terminal the size of its user's, which the kernel tells the programs on it. */
export class TerminalResizer {
  readonly #stty: string;
  /** Held open, so that its name stays its own. */
  #terminal: number | undefined;
  #running: ChildProcess | undefined;
  #wanted: TerminalSize | undefined;
  #isOver = false;

  /** `name` is read once: what the program of `onTerminal` says. */
  constructor(name: Readable, { stty = 'stty' }: HostTools) {
    this.#stty = stty;
    name.on('error', () => {}); // it has ended
    name.once('data', (bytes: Buffer) => this.#open(bytes.toString().trim()));
  }

  /** The last of several counts. */
  resize(size: TerminalSize): void {
    this.#wanted = size;
    this.#next();
  }

  close(): void {
    this.#isOver = true;
    if (this.#terminal !== undefined) closeSync(this.#terminal);
    this.#terminal = undefined;
  }

  #open(path: string): void {
    if (this.#isOver || !/^\/dev\/(pts\/)?[0-9a-z]+$/.test(path)) return;
    this.#terminal = openIfThere(path);
    this.#next();
  }

  #next(): void {
    const size = this.#wanted;
    if (this.#running || this.#terminal === undefined || !size) return;
    this.#wanted = undefined;
    const words = ['rows', String(size.rows), 'cols', String(size.columns)];
    const over = () => {
      this.#running = undefined;
      this.#next();
    };
    this.#running = spawn(this.#stty, words, {
      stdio: [this.#terminal, 'ignore', 'ignore'],
      env: {},
      cwd: '/',
      timeout: processLimits.namespaceProgramMs,
    })
      .once('error', over)
      .once('exit', over);
  }
}

/** A command may have ended before anybody reads the name of its terminal, which is gone with it, or on its way. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined; // it keeps its first size
  }
}
