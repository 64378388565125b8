import type { Client } from '../client/client.ts';
import { unlessGone } from '../client/unless-gone.ts';
import type { LogLine } from './job-logs.ts';
import type { LogStream } from './log-streams.ts';
import { mergeByTime } from './merge-lines.ts';
import type { Ask } from './watch.ts';

/** A line, and the child of an array that wrote it. */
export interface ChildLine extends LogLine {
  readonly index: number;
  readonly jobId: string;
}

/** A stream of a child of an array. */
export interface ChildStream extends LogStream {
  readonly index: number;
  readonly jobId: string;
}

/** The most streams that FilterLogEvents takes. */
const streamsPerCall = 100;
/** Lines held at once, of all calls together, and of one at the least. */
const heldLines = 50_000;
const fewestLines = 100;

/**
 * What stands in many streams now, by time. Reads them a hundred at a time, and holds a page of each hundred, whatever is in
 * them.
 */
export function storedLines(
  client: Client,
  streams: readonly ChildStream[],
  since: number | undefined,
  ask: Ask,
): AsyncGenerator<ChildLine, void> {
  const groups = [...Map.groupBy(streams, ({ group }) => group).values()];
  const chunks = groups.flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / streamsPerCall) }, (_, at) =>
      own.slice(at * streamsPerCall, (at + 1) * streamsPerCall),
    ),
  );
  const limit = Math.min(10_000, Math.max(fewestLines, Math.floor(heldLines / Math.max(1, chunks.length))));
  const startTime = since === undefined ? {} : { startTime: since };
  return mergeByTime(chunks.map((chunk) => filtered(client, chunk, { limit, ...startTime }, ask)));
}

/** A stream that was deleted spoils the call that names it: the others are looked for in halves. */
async function* filtered(
  client: Client,
  chunk: readonly ChildStream[],
  selection: { readonly limit: number; readonly startTime?: number },
  ask: Ask,
): AsyncGenerator<ChildLine, void> {
  const [first] = chunk;
  if (!first) return;
  const streams = new Map(chunk.map((each) => [each.stream, each]));
  const request = { logGroupName: first.group, logStreamNames: [...streams.keys()], ...selection };
  let nextToken: string | undefined;
  do {
    const asked = { ...request, ...(nextToken && { nextToken }) };
    const page = await ask(() => unlessGone(client.logs('FilterLogEvents', asked)));
    if (page === undefined) return yield* halves(client, chunk, selection, ask);
    for (const { logStreamName = '', timestamp = 0, message = '' } of page.events ?? []) {
      const from = streams.get(logStreamName);
      if (!from) continue;
      const { index, jobId, attempt, container } = from;
      yield { timestamp, message, index, jobId, attempt, ...(container === undefined ? {} : { container }) };
    }
    nextToken = page.nextToken;
  } while (nextToken);
}

function halves(
  client: Client,
  chunk: readonly ChildStream[],
  selection: { readonly limit: number; readonly startTime?: number },
  ask: Ask,
): AsyncGenerator<ChildLine, void> {
  if (chunk.length === 1) return mergeByTime<ChildLine>([]);
  const middle = Math.ceil(chunk.length / 2);
  const both = [chunk.slice(0, middle), chunk.slice(middle)];
  return mergeByTime(both.map((half) => filtered(client, half, selection, ask)));
}
