import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, 'replay.lua');

/** What a replay came to. */
export interface Replay {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Median and 99th percentile of the answer times, in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** Whether the load generator is installed (Debian's package `wrk`). */
export function hasWrk(): boolean {
  return spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined;
}

/**
 * Replays a file of raw requests (see `writeRequests`) on so many keep-alive connections for some seconds, each request
 * once. Rejects if an answer was no success, or if the file did not last.
 */
export async function replay(
  url: string,
  file: string,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Replay> {
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url, '--', file];
  const { stdout } = await promisify(execFile)('wrk', words, { maxBuffer: 1 << 20 });
  const line = stdout.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`);
  const { requests, microseconds, failed, failures, repeated, p50, p99 } = JSON.parse(line);
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed: ${failures}`);
  if (repeated > 0) throw new Error(`the file held ${repeated} requests too few`);
  const measured = microseconds / 1e6;
  return { requests, seconds: measured, perSecond: requests / measured, p50: p50 / 1000, p99: p99 / 1000 };
}
