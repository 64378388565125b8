import { z } from 'zod';
import { SortedList } from '../core/sorted-list.ts';
import { HeldLines } from './held-lines.ts';
import { type Line, LineReader } from './read-lines.ts';
import {
  lineError,
  type RecordedRun,
  type RunTime,
  SimulationError,
  type Workload,
  type WorkloadJob,
} from './workload.ts';

const workloadVersion = 1;

/** Some 300 years. */
const seconds = z.number().min(0).max(1e10);
const amount = z.number().positive().max(1e9);
const id = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, hyphens and underscores');

const runTime = z.union([
  seconds,
  z
    .strictObject({ least: seconds, most: seconds })
    .refine(({ least, most }) => least <= most, 'least is more than most'),
  z.strictObject({ mean: seconds }),
]);

const dependency = z.union([
  id,
  z.strictObject({ on: id, index: z.int().min(0).max(9_999).optional() }),
  z.strictObject({ on: id, type: z.literal('N_TO_N') }),
  z.strictObject({ type: z.literal('SEQUENTIAL') }),
]);

const recordedRun = z.strictObject({
  startSeconds: seconds.optional(),
  runSeconds: seconds.optional(),
  exitCode: z.int().min(0).max(255).optional(),
});

const jobSchema = z.strictObject({
  at: seconds.optional(),
  id: id.optional(),
  queue: z.string().min(1).max(128).optional(),
  share: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be 1 to 255 letters, digits, hyphens and underscores')
    .optional(),
  priority: z.int().min(0).max(9_999).optional(),
  vcpus: amount,
  memoryMiB: amount,
  gpus: z.int().min(0).max(1e6).optional(),
  array: z.int().min(2).max(10_000).optional(),
  nodes: z.int().min(1).max(1_000).optional(),
  mainNode: z.int().min(0).max(999).optional(),
  instanceType: z.string().min(1).max(128).optional(),
  dependsOn: z.array(dependency).max(20).optional(),
  attempts: z.int().min(1).max(10).optional(),
  timeoutSeconds: z.int().min(1).max(1e9).optional(),
  runSeconds: runTime.optional(),
  failureRate: z.number().min(0).max(1).optional(),
  runs: z.record(z.string().regex(/^(0|[1-9]\d{0,3})$/), z.array(recordedRun).max(10)).optional(),
  count: z.int().min(1).max(10_000_000).optional(),
  every: seconds.optional(),
});

/** A line of a workload: one job, or `count` alike. */
type JobLine = z.infer<typeof jobSchema>;

const head = { formatVersion: workloadVersion } as const;
const headSchema = z.strictObject({ formatVersion: z.literal(head.formatVersion) });

/** What came before a line, as far as it is named or compared later. */
interface Before {
  /** By id: how many children each has; undefined for no array. */
  readonly sizes: Map<string, number | undefined>;
  at: number;
}

/**
 * A workload of JSON lines: first the version of the format, then a job a line, in order of time. Throws `SimulationError`, which
 * names the line, at the first that makes no sense.
 */
export function jsonWorkload(path: string): Workload {
  const reader = new LineReader(path);
  return { jobs: inOrder(reader.lines()), progress: () => reader.progress, dropped: () => ({}) };
}

/** The same of lines that are in memory, of which some were left out before. */
export function linesWorkload(lines: readonly string[], dropped: Readonly<Record<string, number>>): Workload {
  const held = new HeldLines(lines);
  return { jobs: inOrder(held.lines()), progress: () => held.progress, dropped: () => dropped };
}

function* jobLines(lines: Iterable<Line>): Generator<{ readonly number: number; readonly job: JobLine }, undefined> {
  let hasHead = false;
  const before: Before = { sizes: new Map(), at: 0 };
  for (const { number, text } of lines) {
    if (text.trim() === '') continue;
    const value = parseLine(number, text);
    if (hasHead) {
      const job = read(jobSchema, number, value);
      demandSense(number, job, before);
      yield { number, job };
    } else {
      hasHead = true;
      if (!headSchema.safeParse(value).success) throw lineError(number, `must be ${JSON.stringify(head)}`);
    }
  }
  if (!hasHead) throw new SimulationError(`the workload is empty: its first line is ${JSON.stringify(head)}`);
}

function parseLine(number: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw lineError(number, `is no JSON, or was cut off (${(error as Error).message})`);
  }
}

function read<Value>(schema: z.ZodType<Value>, number: number, value: unknown): Value {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw lineError(number, `${place}${issue?.message ?? 'makes no sense'}`);
}

/** What no single member shows. */
function demandSense(number: number, job: JobLine, before: Before): void {
  const {
    id,
    at = before.at,
    array,
    nodes,
    mainNode,
    instanceType,
    timeoutSeconds,
    count,
    every,
    runSeconds,
    runs,
    dependsOn = [],
  } = job;
  if (at < before.at)
    throw lineError(number, `at ${at} is before ${before.at} of a line above: jobs stand in order of time`);
  before.at = at;
  if (array !== undefined && nodes !== undefined) throw lineError(number, 'a job is an array or has nodes, not both');
  if (instanceType !== undefined && nodes === undefined)
    throw lineError(number, 'instanceType is only for a job with nodes');
  if (runSeconds === undefined && runs === undefined)
    throw lineError(number, 'runSeconds or runs must say how long it runs');
  if (every !== undefined && count === undefined) throw lineError(number, 'every says nothing without count');
  if (count !== undefined && id !== undefined) throw lineError(number, 'one of count jobs has no id of its own');
  if (mainNode !== undefined && mainNode >= (nodes ?? 0)) throw lineError(number, `there is no node ${mainNode}`);
  const size = array ?? nodes ?? 1;
  const isStopped = nodes !== undefined || timeoutSeconds !== undefined;
  if (!isStopped && Object.values(runs ?? {}).some((each) => each.some((run) => run.runSeconds === undefined)))
    throw lineError(number, 'runs: without runSeconds it never ends, as nothing stops it');
  for (const index of Object.keys(runs ?? {}))
    if (Number(index) >= size) throw lineError(number, `runs: there is no ${array ? 'child' : 'node'} ${index}`);
  for (const each of dependsOn) demandDependency(number, array, typeof each === 'string' ? { on: each } : each, before);
  if (id === undefined) return;
  if (before.sizes.has(id)) throw lineError(number, `id ${id} stands above already`);
  before.sizes.set(id, array);
}

function demandDependency(
  number: number,
  array: number | undefined,
  dependency: Exclude<NonNullable<JobLine['dependsOn']>[number], string>,
  { sizes }: Before,
): void {
  if (!('on' in dependency)) {
    if (array === undefined) throw lineError(number, 'dependsOn: only an array is SEQUENTIAL');
    return;
  }
  const { on } = dependency;
  if (!sizes.has(on)) throw lineError(number, `dependsOn: no line above has the id ${on}`);
  const other = sizes.get(on);
  if ('type' in dependency && (array === undefined || (other !== undefined && other !== array)))
    throw lineError(number, `dependsOn: N_TO_N needs an array, and of the size of ${on}`);
  const index = 'index' in dependency ? dependency.index : undefined;
  if (index !== undefined && index >= (other ?? 0)) throw lineError(number, `dependsOn: ${on} has no child ${index}`);
}

/** A line of many jobs goes on beside those that follow it. */
function* inOrder(lines: Iterable<Line>): Generator<WorkloadJob, undefined> {
  const open = new SortedList<Repeated>((a, b) => a.at - b.at || a.number - b.number);
  let at = 0;
  for (const { number, job } of jobLines(lines)) {
    at = job.at ?? at;
    yield* due(open, at);
    const repeated = new Repeated(number, job, at);
    yield repeated.take();
    if (!repeated.isOver) open.add(repeated);
  }
  yield* due(open, Number.POSITIVE_INFINITY);
}

/** Those of lines above that come first, at the same time too. */
function* due(open: SortedList<Repeated>, until: number): Generator<WorkloadJob, undefined> {
  for (let first = open.first; first && first.at <= until; first = open.first) {
    open.remove(first);
    yield first.take();
    if (!first.isOver) open.add(first);
  }
}

/** The jobs of one line. */
class Repeated {
  readonly number: number;
  readonly #job: JobLine;
  readonly #begin: number;
  readonly #parts: Omit<WorkloadJob, 'id' | 'at'>;
  #taken = 0;

  constructor(number: number, job: JobLine, at: number) {
    this.number = number;
    this.#job = job;
    this.#begin = at;
    this.#parts = partsOf(number, job);
  }

  /** When its next job comes, in seconds. */
  get at(): number {
    return this.#begin + this.#taken * (this.#job.every ?? 0);
  }

  get isOver(): boolean {
    return this.#taken >= (this.#job.count ?? 1);
  }

  take(): WorkloadJob {
    const { id = this.#job.count === undefined ? `line/${this.number}` : `line/${this.number}/${this.#taken}` } =
      this.#job;
    const at = milliseconds(this.at);
    this.#taken += 1;
    return { ...this.#parts, id, at };
  }
}

function partsOf(line: number, job: JobLine): Omit<WorkloadJob, 'id' | 'at'> {
  const {
    queue,
    share,
    priority,
    vcpus,
    memoryMiB,
    gpus = 0,
    instanceType,
    attempts = 1,
    timeoutSeconds,
    failureRate = 0,
    runs,
  } = job;
  const many = manyOf(job);
  return {
    line,
    ...{ vcpus, memoryMiB, gpus, attempts, failureRate },
    ...(queue === undefined ? {} : { queue }),
    ...(share === undefined ? {} : { share }),
    ...(priority === undefined ? {} : { priority }),
    ...(many && { many }),
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    dependsOn: (job.dependsOn ?? []).map((each) => (typeof each === 'string' ? { on: each } : withoutAbsent(each))),
    runTime: runTimeOf(job.runSeconds ?? 0),
    ...(runs ? { runs: recordedRuns(runs) } : {}),
  };
}

function manyOf({ array, nodes, mainNode = 0 }: JobLine): WorkloadJob['many'] {
  if (array !== undefined) return { kind: 'array', size: array };
  return nodes === undefined ? undefined : { kind: 'nodes', size: nodes, mainNode };
}

function withoutAbsent(dependency: Exclude<NonNullable<JobLine['dependsOn']>[number], string>) {
  if (!('on' in dependency)) return dependency;
  const { on } = dependency;
  if ('type' in dependency) return { on, type: dependency.type };
  return dependency.index === undefined ? { on } : { on, index: dependency.index };
}

function runTimeOf(given: NonNullable<JobLine['runSeconds']>): RunTime {
  if (typeof given === 'number') return { kind: 'fixed', milliseconds: milliseconds(given) };
  if ('mean' in given) return { kind: 'exponential', mean: milliseconds(given.mean) };
  return { kind: 'uniform', least: milliseconds(given.least), most: milliseconds(given.most) };
}

function recordedRuns(runs: NonNullable<JobLine['runs']>): ReadonlyMap<number, readonly RecordedRun[]> {
  const recorded = Object.entries(runs).map(([index, attempts]) => {
    const each = attempts.map(({ startSeconds = 0, runSeconds, exitCode = 0 }) => {
      const ends = runSeconds === undefined ? {} : { milliseconds: milliseconds(runSeconds) };
      return { starting: milliseconds(startSeconds), ...ends, exitCode };
    });
    return [Number(index), each] as const;
  });
  return new Map(recorded);
}

function milliseconds(given: number): number {
  return Math.round(given * 1000);
}
