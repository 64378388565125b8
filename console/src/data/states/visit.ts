/** `caught`: it failed, and the execution went on by a catcher. `stopped`: it was ended by what happened elsewhere. */
export type VisitStatus = 'running' | 'succeeded' | 'caught' | 'failed' | 'stopped';

/** One visit of an execution to a state: from its entering until it is left, with all tries. */
export interface Visit {
  /** The id of the event that entered it, which no other visit has. */
  readonly id: number;
  readonly name: string;
  /** As the States Language has it. */
  readonly type: string;
  readonly status: VisitStatus;
  /** Seconds since 1970. */
  readonly enteredAt: number | undefined;
  readonly exitedAt: number | undefined;
  /** Of the Parallel or Map state around it. */
  readonly parent: number | undefined;
  /** Which iteration of the Map around it. */
  readonly iteration: number | undefined;
  /** How often its task was begun. */
  readonly tries: number;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** The Batch jobs that its tries submitted. */
  readonly jobs: readonly string[];
  readonly mapRunArn: string | undefined;
}

/** What became of a state in all its visits. */
export interface StateSummary {
  readonly status: VisitStatus;
  readonly counts: Readonly<Partial<Record<VisitStatus, number>>>;
  readonly last: Visit;
}

const worstFirst: readonly VisitStatus[] = ['failed', 'caught', 'stopped', 'succeeded'];

/**
 * States by name. What runs anywhere runs; else the last visit counts, and where that was one iteration of a Map, the worst of its
 * siblings.
 */
export function summarize(visits: readonly Visit[]): ReadonlyMap<string, StateSummary> {
  const byName = Map.groupBy(visits, ({ name }) => name);
  return new Map([...byName].flatMap(([name, all]) => summaryOf(all).map((summary) => [name, summary] as const)));
}

function summaryOf(visits: readonly Visit[]): readonly StateSummary[] {
  const last = visits.at(-1);
  if (!last) return [];
  const counts: Partial<Record<VisitStatus, number>> = {};
  for (const { status } of visits) counts[status] = (counts[status] ?? 0) + 1;
  if (counts.running) return [{ status: 'running', counts, last }];
  const siblings = last.iteration === undefined ? [last] : visits.filter(({ parent }) => parent === last.parent);
  const status = worstFirst.find((each) => siblings.some((visit) => visit.status === each)) ?? last.status;
  return [{ status, counts, last }];
}
