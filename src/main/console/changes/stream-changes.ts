import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Operation, RequestContext } from '../../../core/operation.ts';
import { pauseUnless } from '../../../core/pause.ts';
import type { Ledger } from '../../../store/index.ts';
import { ChangeGatherer, type GatheredChanges } from './change-gatherer.ts';
import { toldChange } from './told-change.ts';

/** Between two tellings at least this long: a page draws no faster. */
const interval: Milliseconds = 250;
/** Where nothing changes, that the server is there is told as often as this. */
const heartbeat: Milliseconds = 15_000;
/** A stream ends then, and whoever wants to go on is asked anew whether they may. */
const longest: Milliseconds = 15 * 60_000;
/** At once, of all accounts. */
const mostStreams = 200;

export type ToldChanges =
  /** First of all: whose stream this is, and since when. */
  | { readonly hello: { readonly version: string; readonly now: EpochMilliseconds } }
  | { readonly changed: GatheredChanges }
  | { readonly heartbeat: { readonly now: EpochMilliseconds } };

export interface StreamChangesOutput {
  readonly changes: AsyncIterable<ToldChanges>;
}

interface StreamRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly version: string;
}

/**
 * Tells, as an event stream, of which services something has changed in the caller's account, by region, and which jobs: what is
 * durable, at most four times a second, until the client goes or a quarter of an hour has passed. It says that there is something to
 * read, never what: whoever reads it is asked then whether they may.
 */
export function streamChanges(runtime: StreamRuntime): Operation<Record<string, never>, StreamChangesOutput> {
  let open = 0;
  const tell = async function* (context: RequestContext): AsyncGenerator<ToldChanges, void, undefined> {
    open += 1;
    try {
      yield* changesOf(runtime, context);
    } finally {
      open -= 1;
    }
  };
  return {
    kind: 'operation',
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    eventStream: 'changes',
    access: () => [{ action: 'batchyard:StreamChanges', resource: '*' }],
    handler: (_input, context) => {
      if (open >= mostStreams) throw tooMany();
      return { changes: tell(context) };
    },
  };
}

async function* changesOf(
  { ledger, clock, version }: StreamRuntime,
  context: RequestContext,
): AsyncGenerator<ToldChanges, void, undefined> {
  const gatherer = new ChangeGatherer(context.account);
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const cancel = clock.after(longest, () => ending.abort());
  const stop = ledger.follow((changes) => {
    for (const change of changes) {
      const told = toldChange(change);
      if (told) gatherer.offer(told);
    }
  });
  try {
    yield { hello: { version, now: clock.now() } };
    for (;;) {
      await gatherer.changed(heartbeat, clock, signal);
      if (signal.aborted) return;
      const gathered = gatherer.take();
      for (const changed of gathered) yield { changed };
      if (gathered.length === 0) yield { heartbeat: { now: clock.now() } };
      await pauseUnless(clock, interval, signal);
    }
  } finally {
    stop();
    cancel();
  }
}

function tooMany(): ServiceError {
  const message = `There are ${mostStreams} streams of changes already; read what is wanted now and then instead.`;
  return new ServiceError('TooManyRequestsException', message, { status: 429 });
}
