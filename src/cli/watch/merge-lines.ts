interface Timed {
  readonly timestamp: number;
}

/** Sources that are asked for their first line at once. */
const atOnce = 20;

/**
 * The lines of all sources by time; lines of one source keep their order, and of lines of the same time those of the source that
 * was given first come first. Holds one line of each source.
 */
export async function* mergeByTime<Line extends Timed>(
  sources: readonly AsyncIterable<Line>[],
): AsyncGenerator<Line, void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const heads: IteratorResult<Line, unknown>[] = [];
  for (let from = 0; from < iterators.length; from += atOnce) {
    heads.push(...(await Promise.all(iterators.slice(from, from + atOnce).map((iterator) => iterator.next()))));
  }
  for (;;) {
    const first = earliest(heads);
    if (first === undefined) return;
    const { at, line } = first;
    yield line;
    const next = await iterators[at]?.next();
    if (next) heads[at] = next;
  }
}

/** There are a hundred sources or so: looking at all heads costs less than a heap. */
function earliest<Line extends Timed>(
  heads: readonly IteratorResult<Line, unknown>[],
): { readonly at: number; readonly line: Line } | undefined {
  let found: { readonly at: number; readonly line: Line } | undefined;
  for (const [at, head] of heads.entries()) {
    if (head.done) continue;
    if (found === undefined || head.value.timestamp < found.line.timestamp) found = { at, line: head.value };
  }
  return found;
}
