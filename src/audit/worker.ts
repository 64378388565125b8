import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock } from '../core/clock.ts';
import { armFailpoint, failpoint } from '../core/failpoint.ts';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import { Archive } from './archive.ts';
import type { Asked, Exchanges, Reply, ThreadData } from './protocol.ts';

/** The audit's thread: it alone touches the records' files. */
const { directory, limits, syncAlways, failpoint: armed } = workerData as ThreadData;
if (armed) armFailpoint(armed);
const clock = new SystemClock();
const second = 1000;
const hour = 3_600_000;
let opened: Promise<Archive> | undefined;
let isDirty = false;
/** One at a time: a lookup may take long. */
let looking: Promise<unknown> = Promise.resolve();

parentPort?.on('message', (asked: Asked) => {
  answer(asked).then(
    (value) => reply({ kind: 'done', id: asked.id, answer: value }),
    (error: unknown) => reply({ kind: 'failed', id: asked.id, words: wordsOf(error), ...codeOf(error) }),
  );
});

/** Opened with the first question, and again with the next one if it could not be. */
function openArchive(): Promise<Archive> {
  opened ??= Archive.open({ directory, limits, clock, note }).then(
    (archive) => {
      tidyHourly(archive);
      return archive;
    },
    (error: unknown) => {
      opened = undefined;
      throw error;
    },
  );
  return opened;
}

async function answer(asked: Asked): Promise<unknown> {
  if (asked.kind === 'close') return close();
  const archive = await openArchive();
  switch (asked.kind) {
    case 'write':
      return write(archive, asked.given);
    case 'lookUp':
      return inTurn(() => archive.lookUp(asked.given));
    case 'collect':
      return inTurn(() => archive.collect(asked.given));
    case 'end':
      return archive.end();
  }
}

async function write(archive: Archive, lines: Exchanges['write']['given']): Promise<void> {
  failpoint('audit.received');
  archive.append(lines.split('\n'));
  failpoint('audit.written');
  if (syncAlways) return archive.sync();
  if (!isDirty) clock.after(second, () => sync(archive));
  isDirty = true;
}

function sync(archive: Archive): void {
  isDirty = false;
  archive.sync().catch((error: unknown) => note(`the audit could not be put on the medium: ${wordsOf(error)}`));
}

function inTurn<Value>(look: () => Promise<Value>): Promise<Value> {
  const looked = looking.then(look);
  looking = looked.catch(() => {});
  return looked;
}

/** What is left of earlier starts is packed at once. */
function tidyHourly(archive: Archive): void {
  archive.tidy().catch((error: unknown) => note(`the audit cannot be packed: ${wordsOf(error)}`));
  clock.after(hour, () => tidyHourly(archive));
}

async function close(): Promise<void> {
  clock.close();
  await (await opened)?.close();
  // With its port the thread ends, once the answer is out.
  setImmediate(() => parentPort?.close());
}

function note(words: string): void {
  reply({ kind: 'note', words });
}

function reply(message: Reply): void {
  parentPort?.postMessage(message);
}

function codeOf(error: unknown): { readonly code?: string } {
  return isSystemError(error) && error.code !== undefined ? { code: error.code } : {};
}

function wordsOf(error: unknown): string {
  if (isSystemError(error)) return systemErrorWords(error);
  return error instanceof Error ? error.message : String(error);
}
