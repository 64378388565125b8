import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../core/clock.ts';
import { isHostShort } from '../../core/host-shortage.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { PullFailed, PullStalled } from '../contract.ts';
import type { UnpackProgress } from './request.ts';
import type { Answers, UnpackerOrder, UnpackerWord } from './words.ts';

/** Compiled by rewriting imports alone, so this file's own ending says what the program's is. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './unpacker.ts' : './unpacker.js', import.meta.url),
);

/** A heap for the largest image that is allowed; a usual one takes a tenth. */
const flags = ['--max-old-space-size=1024', '--disable-warning=ExperimentalWarning'];

/** Of what it says on its standard error, which is a fault of ours. */
const keptErrorBytes = 4_000;

export interface UnpackerRun {
  readonly clock: Clock;
  /** Says nothing for so long: it is killed. */
  readonly silenceMs: Milliseconds;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UnpackProgress) => void;
}

/**
 * Has a process of its own carry out an order, with an empty environment; it dies with this one, and is gone when the promise is settled.
 * Rejects with `PullFailed`, with `PullStalled` where the disk is full or no process can be started, and with the reason of the signal.
 */
export async function runUnpacker<Kind extends UnpackerOrder['kind']>(
  order: UnpackerOrder & { readonly kind: Kind },
  { clock, silenceMs, signal, onProgress }: UnpackerRun,
): Promise<Answers[Kind]> {
  signal?.throwIfAborted();
  const child = await begin();
  let failure: unknown;
  let hasBegun = false;
  let answer: Answers[Kind] | undefined;
  const end = (why: unknown) => {
    failure ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const silence = new Silence(clock, silenceMs, () =>
    end(new PullFailed(`unpacking said nothing for ${silenceMs / 1000} s`)),
  );
  const errors = collectErrors(child);
  const hear = (word: UnpackerWord) => {
    silence.broken();
    hasBegun = true;
    if (word.kind === 'progress') onProgress?.({ bytes: word.bytes, totalBytes: word.totalBytes });
    if (word.kind === 'failed') failure ??= failureOf(word);
    if (word.kind === 'done') answer = word.answer as Answers[Kind];
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    try {
      hear(JSON.parse(line));
    } catch (error) {
      end(error); // no word of ours, or who listens to progress has thrown
    }
  });
  child.stdin.on('error', () => {}); // it has ended, of which its end tells
  child.stdin.write(`${JSON.stringify(order)}\n`);
  try {
    const { code, by } = await ended(child);
    if (failure !== undefined) throw failure;
    if (answer !== undefined) return answer;
    const words = `unpacking ended with ${by ?? code}${errors()}`;
    // Not even its threads could be started, or the kernel had no memory for it: it has not seen the image.
    throw by !== null && !hasBegun ? new PullStalled('host-short', words) : new PullFailed(words);
  } finally {
    silence.end();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Rejects with `PullStalled` where this machine has no process or descriptor left: Node makes no pipes then. */
async function begin(): Promise<ChildProcessWithoutNullStreams> {
  try {
    const child: ChildProcess = spawn(process.execPath, [...flags, program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child as ChildProcessWithoutNullStreams;
  } catch (error) {
    if (!isHostShort(error)) throw error;
    throw new PullStalled('host-short', `no process could be started: ${(error as Error).message}`, { cause: error });
  }
}

interface End {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => resolve({ code, by }));
  });
}

function failureOf({ why, words }: UnpackerWord & { readonly kind: 'failed' }): Error {
  switch (why) {
    case 'refused':
      return new PullFailed(words);
    case 'disk-full':
      return new PullStalled('disk-full', `there is no room for the image's files: ${words}`);
    case 'host-short':
      return new PullStalled('host-short', words);
    case 'broken':
      return new PullFailed(`failed to unpack: ${words}`);
    default:
      return why satisfies never;
  }
}

function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-keptErrorBytes);
  });
  return () => (text === '' ? '' : `: ${text.trim()}`);
}

/** Tells when nothing was heard for too long. */
class Silence {
  readonly #clock: Clock;
  readonly #limit: Milliseconds;
  readonly #onTooLong: () => void;
  #cancel: () => void = () => {};

  constructor(clock: Clock, limit: Milliseconds, onTooLong: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onTooLong = onTooLong;
    this.broken();
  }

  broken(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(this.#limit, this.#onTooLong);
  }

  end(): void {
    this.#cancel();
  }
}
