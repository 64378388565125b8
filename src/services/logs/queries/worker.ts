import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SegmentIndexes } from '../../../segments/index.ts';
import { compileQuery, QueryFailed, type ResultField } from '../insights/index.ts';
import type { ScanOrder, ScanReply, ScanStart } from './protocol.ts';
import { Scan } from './scan.ts';

/** One thread that runs one query: it is given streams until there are no more, and tells the rows. */
const { query, now, limit } = workerData as ScanStart;

// As threads of evaluations are: what answers clients goes first where there are not processors for all.
if (process.platform === 'linux') setPriority(0, Math.min(getPriority(0) + 10, 19));

const rowsAtOnce = 500;
const longestResult = 16 * 1024 * 1024;

function reply(message: ScanReply): void {
  parentPort?.postMessage(message);
}

const scan = new Scan({
  query: compileQuery(query, { now, limit }),
  indexes: new SegmentIndexes(),
  onDamage: (place, words) => reply({ kind: 'damage', place, words }),
  onProgress: (statistics) => reply({ kind: 'progress', statistics }),
});

async function perform(order: ScanOrder): Promise<void> {
  if (order.kind === 'end') {
    tellRows(scan.run.finish());
    reply({ kind: 'done', statistics: scan.statistics });
    return;
  }
  for (const stream of order.streams) await scan.stream(stream);
  reply({ kind: 'more' });
}

function tellRows(rows: readonly ResultField[][]): void {
  let length = 0;
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce);
    const text = JSON.stringify(some);
    length += text.length;
    if (length > longestResult) {
      throw new QueryFailed(
        `the result takes more than ${longestResult} characters: display fewer fields, or use a smaller limit`,
      );
    }
    reply({ kind: 'rows', text, count: some.length });
  }
}

function fail(error: unknown): void {
  if (error instanceof QueryFailed) reply({ kind: 'failed', words: error.message });
  else if (error instanceof RangeError)
    reply({ kind: 'failed', words: `an event is nested too deeply (${error.message})` });
  else reply({ kind: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

parentPort?.on('message', (order: ScanOrder) => void perform(order).catch(fail));
reply({ kind: 'more' });
