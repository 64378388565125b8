import { inspect } from 'node:util';

/** What one test did, as the reporter writes it: one JSON object a line. */
export type TestOutcome =
  | { readonly kind: 'passed'; readonly name: string }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly name: string; readonly line: number; readonly error: string };

/** The parts of node:test's events that we read. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly line?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly type?: string; readonly error?: Error };
  };
}

/** A reporter for `node --test-reporter`: JSON lines, leaves only, because a suite fails only through its tests. */
// biome-ignore lint/style/noDefaultExport: node:test takes a reporter only as a default export.
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const outcome = read(event);
    if (outcome) yield `${JSON.stringify(outcome)}\n`;
  }
}

function read({ type, data }: TestEvent): TestOutcome | undefined {
  if (type === 'test:pass' && data.details?.type !== 'suite' && data.todo === undefined) {
    if (data.skip === undefined) return { kind: 'passed', name: data.name };
    return { kind: 'skipped', name: data.name, reason: data.skip === true ? '' : String(data.skip) };
  }
  if (type !== 'test:fail' || data.todo !== undefined || isFailedSubtests(data.details?.error)) return undefined;
  return { kind: 'failed', name: data.name, line: data.line ?? 0, error: describe(data.details?.error) };
}

function isFailedSubtests(error: Error | undefined): boolean {
  return (error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed';
}

/** The error of the test itself, which node:test wraps. */
function describe(error: Error | undefined): string {
  const cause = error?.cause ?? error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 4 });
}
