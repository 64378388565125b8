/** What the product committed for one submission, and what it was known by. */
export interface Sample {
  readonly jobId: string;
  readonly jobName: string;
  readonly changes: readonly object[];
}

/** Everything in the changes of a submission that is its own. */
export interface Submission {
  readonly jobId: string;
  readonly jobName: string;
  /** 0, 1, 2...: numbers that count up do so from the second sample. */
  readonly number: number;
  readonly now: number;
}

type Make = (submission: Submission) => unknown;

/**
 * Learns from two successive submissions how the changes of any other look: equal parts are the same for all, numbers count
 * on, ids and names are put in. Whatever becomes of the product's rows, these are the same. `times`: between which moments the
 * samples were taken. Throws for a difference that it does not understand.
 */
export function learnChanges(
  first: Sample,
  second: Sample,
  times: { readonly from: number; readonly to: number },
): (submission: Submission) => object[] {
  const learn = (a: unknown, b: unknown, path: string): Make | undefined => {
    if (typeof a === 'number' && typeof b === 'number' && isWithin(a, times) && isWithin(b, times))
      return ({ now }) => now;
    if (a === b) return undefined;
    if (typeof a === 'number' && typeof b === 'number') return ({ number }) => b + (number + 1) * (b - a);
    if (typeof a === 'string' && typeof b === 'string') return learnText(a, b, first, second);
    if (isObject(a) && isObject(b)) return learnObject(a, b, path, learn);
    throw new Error(`two submissions differ at ${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  };
  const make = learn(first.changes, second.changes, 'changes');
  if (!make) throw new Error('two submissions made the same changes');
  return (submission) => make(submission) as object[];
}

function isWithin(value: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return value >= from && value <= to;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function learnText(a: string, b: string, first: Sample, second: Sample): Make {
  if (a === first.jobName && b === second.jobName) return ({ jobName }) => jobName;
  const [before = '', after] = b.split(second.jobId);
  if (after !== undefined && a === `${before}${first.jobId}${after}`) return ({ jobId }) => `${before}${jobId}${after}`;
  // Another id of the request: as long, and never the same.
  const constant = b.slice(0, -12);
  return ({ jobId }) => constant + jobId.slice(-12);
}

function learnObject(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
  path: string,
  learn: (a: unknown, b: unknown, path: string) => Make | undefined,
): Make | undefined {
  const keys = Object.keys(b);
  if (Object.keys(a).join() !== keys.join()) throw new Error(`two submissions have other members at ${path}`);
  const own = keys.flatMap((key): [string, Make][] => {
    const make = learn(a[key], b[key], `${path}.${key}`);
    return make ? [[key, make]] : [];
  });
  if (own.length === 0) return undefined;
  const copy = (): Record<string, unknown> => (Array.isArray(b) ? ([...b] as never) : { ...b });
  return (submission) => {
    const made = copy();
    for (const [key, make] of own) made[key] = make(submission);
    return made;
  };
}
