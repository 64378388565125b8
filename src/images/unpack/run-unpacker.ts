import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../core/clock.ts';
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
 * Rejects with `PullFailed`, with `PullStalled` where the disk is full, and with the reason of the signal.
 */
export async function runUnpacker<Kind extends UnpackerOrder['kind']>(
  order: UnpackerOrder & { readonly kind: Kind },
  { clock, silenceMs, signal, onProgress }: UnpackerRun,
): Promise<Answers[Kind]> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, [...flags, program], { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
  let failure: unknown;
  let answer: Answers[Kind] | undefined;
  const end = (why: unknown) => {
    failure ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const silence = new Silence(clock, silenceMs, () =>
    end(new PullFailed(`unpacking said nothing for ${silenceMs / 1000} s`)),
  );
  const errors = collectErrors(child);
  const hear = (word: UnpackerWord) => {
    silence.broken();
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
    const how = await ended(child);
    if (failure !== undefined) throw failure;
    if (answer === undefined) throw new PullFailed(`unpacking ended with ${how}${errors()}`);
    return answer;
  } finally {
    silence.end();
    signal?.removeEventListener('abort', onAbort);
  }
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(`${signal ?? code}`));
  });
}

function failureOf({ why, words }: UnpackerWord & { readonly kind: 'failed' }): Error {
  switch (why) {
    case 'refused':
      return new PullFailed(words);
    case 'disk-full':
      return new PullStalled('disk-full', `there is no room for the image's files: ${words}`);
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
