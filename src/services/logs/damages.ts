import type { LogStreamRecord } from '../../store/index.ts';
import type { QuerylessRuntime } from './runtime.ts';

/** Says what a stream has lost, and keeps it with the stream, so that it is said once and `explain` knows it. */
export function noteDamage(runtime: QuerylessRuntime, stream: LogStreamRecord, words: string): void {
  if (stream.damages?.includes(words)) return;
  const { turns, logger } = runtime;
  turns
    .take(stream.directory, () => keep(runtime, stream, words))
    .catch((error) => logger.warn({ problem: String(error) }, `${lost(words)}; that cannot be kept now`));
}

async function keep(
  { store, ledger, logger }: QuerylessRuntime,
  stream: LogStreamRecord,
  words: string,
): Promise<void> {
  const current = await store.reads.logStream(stream, stream.groupName, stream.name);
  if (current?.directory !== stream.directory || current.damages?.includes(words)) return;
  const record = { ...current, damages: [...(current.damages ?? []), words] };
  ledger.transact((transaction) => transaction.add({ kind: 'stream.put', record }));
  logger.warn({}, lost(words));
}

/** As the log and `explain` say it. */
function lost(words: string): string {
  return `lines of a log are lost: ${words}`;
}
