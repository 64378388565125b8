/** A line as the list of lines shows it. */
interface TailedLine {
  readonly id: string;
  readonly at: number;
  readonly stream: string;
  readonly message: string;
}

/** What StartLiveTail tells once a second. */
export interface TailUpdate {
  readonly sessionResults?: readonly {
    readonly timestamp?: number;
    readonly logStreamName?: string;
    readonly message?: string;
  }[];
}

/** More are not kept: a page that is open over night would grow without end. */
const mostLines = 10_000;

/** The lines with those of an update behind them, less the oldest where there are too many. */
export function tailed(before: readonly TailedLine[], { sessionResults = [] }: TailUpdate): readonly TailedLine[] {
  if (sessionResults.length === 0) return before;
  const next = Number(before.at(-1)?.id ?? 0) + 1;
  const added = sessionResults.map(({ timestamp = 0, logStreamName = '', message = '' }, index) => {
    return { id: String(next + index), at: timestamp, stream: logStreamName, message };
  });
  return [...before, ...added].slice(-mostLines);
}
