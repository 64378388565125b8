import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Finding } from './support/figure.ts';
import type { StatesBenchRequest } from './support/states-host.ts';
import { median } from './support/statistics.ts';

const rounds = 3;
const waiting = 10_000;

/** Transitions a second of state machines, and what waiting executions hold. See README.md. */
export async function statesThroughput(): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  try {
    const express = await inProcess({ kind: 'express', executions: 600, rounds });
    const durable = await inProcess({ kind: 'standard', executions: 300, rounds, directory: join(directory, 'a') });
    const [bytes = 0] = await inProcess({ kind: 'waiting', executions: waiting, directory: join(directory, 'b') });
    const figures: Figure[] = [
      { name: 'transitions, Express, in memory', value: median(express), unit: '/s', aim: { atLeast: 20_000 } },
      { name: 'transitions, Standard, on disk', value: median(durable), unit: '/s', aim: { atLeast: 3_000 } },
      { name: 'memory of a waiting execution', value: bytes / 1000, unit: 'kB', aim: { atMost: 10 } },
    ];
    return { kind: 'measured', figures };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A process of its own for each, so that the heap of one is not the other's. */
async function inProcess(request: StatesBenchRequest): Promise<readonly number[]> {
  const script = new URL('./support/states-host.ts', import.meta.url);
  const child = fork(script, [JSON.stringify(request)], { execArgv: ['--expose-gc'] });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`the bench of ${request.kind} failed`)));
  failed.catch(() => undefined);
  const [values] = (await Promise.race([once(child, 'message'), failed])) as [readonly number[]];
  child.kill();
  return values;
}
