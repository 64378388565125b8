/** The program of the process that unpacks an image or an archive: order in, words out, and no life of its own. */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../core/clock.ts';
import { isDiskFull } from '../../core/disk-full.ts';
import { isHostShort } from '../../core/host-shortage.ts';
import { isSystemError, systemErrorWords } from '../../core/system-error.ts';
import { stageArchive } from './archive/stage-archive.ts';
import { Refused } from './refusal.ts';
import type { UnpackProgress } from './request.ts';
import { unpackLayers } from './unpack-layers.ts';
import type { Answers, UnpackerOrder, UnpackerWord } from './words.ts';

/** How often it says that it is alive, at least while it works. */
const beatMs = 1_000;
const clock = new SystemClock();
let heard = '';

say({ kind: 'begun' });
// Modes are the archive's.
process.umask(0);
process.stdin.setEncoding('utf8');
process.stdin.on('data', hear);
// The parent holds the other end: it is gone, or wants this gone.
process.stdin.on('close', () => process.exit(1));

function hear(text: string): void {
  const isWhole = heard.includes('\n');
  heard += text;
  if (!isWhole && heard.includes('\n')) void carryOut(JSON.parse(heard));
}

async function carryOut(order: UnpackerOrder): Promise<void> {
  const beats = new Beats();
  try {
    say({ kind: 'done', answer: await work(order, (progress) => beats.note(progress)) });
  } catch (error) {
    say(failureOf(error));
  }
  process.exit(0);
}

function work(order: UnpackerOrder, onProgress: (progress: UnpackProgress) => void): Promise<Answers[keyof Answers]> {
  switch (order.kind) {
    case 'unpack':
      return unpackLayers(order, onProgress);
    case 'stage':
      return stageArchive(order, onProgress);
    default:
      return order satisfies never;
  }
}

/** Says how far the work is, once a second; from within it where it takes long at a stretch, from a timer where it waits. */
class Beats {
  #progress: UnpackProgress = { bytes: 0, totalBytes: 0 };
  #last = clock.monotonic();

  constructor() {
    this.#again();
  }

  note(progress: UnpackProgress): void {
    this.#progress = progress;
    if (clock.monotonic() - this.#last >= beatMs) this.#beat();
  }

  #again(): void {
    clock.after(beatMs, () => {
      this.#beat();
      this.#again();
    });
  }

  #beat(): void {
    this.#last = clock.monotonic();
    say({ kind: 'progress', ...this.#progress });
  }
}

function failureOf(error: unknown): UnpackerWord {
  if (isDiskFull(error)) return { kind: 'failed', why: 'disk-full', words: (error as Error).message };
  if (error instanceof Refused) return { kind: 'failed', why: 'refused', words: error.message };
  const words = isSystemError(error) ? systemErrorWords(error) : String(error instanceof Error ? error.stack : error);
  return { kind: 'failed', why: isHostShort(error) ? 'host-short' : 'broken', words };
}

function say(word: UnpackerWord): void {
  const line = Buffer.from(`${JSON.stringify(word)}\n`);
  for (let offset = 0; offset < line.length; ) offset += writeSync(1, line, offset);
}
