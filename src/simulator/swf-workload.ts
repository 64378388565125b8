import { HeldLines } from './held-lines.ts';
import { type Line, LineReader } from './read-lines.ts';
import { lineError, SimulationError, type Workload, type WorkloadJob } from './workload.ts';

/** Fields of a line of a Standard Workload Format trace, by their place. */
interface SwfFields {
  readonly number: number;
  readonly submit: number;
  readonly run: number;
  readonly allocated: number;
  readonly usedKiB: number;
  readonly processors: number;
  readonly requestedSeconds: number;
  readonly requestedKiB: number;
  readonly status: number;
  readonly user: number;
  readonly queue: number;
  readonly preceding: number;
  readonly think: number;
}

const fieldCount = 18;
/** Of what a field does not say. */
const unknown = -1;
/** What `status` says of a job that did not end well. */
const failed = 0;

/**
 * A trace of the Standard Workload Format: 18 numbers a line, comments behind `;`, in order of submission. Jobs are single ones of so
 * many vCPUs as processors. Jobs of which it is not known how long they ran, or on how many processors, are left out. Queues are
 * called by their number, shares by that of the user. Time begins with the first job. Throws `SimulationError`, which names the line.
 */
export function swfWorkload(path: string, queues: readonly string[]): Workload {
  return workloadOf(new LineReader(path), queues);
}

/** The same of lines that are held. */
export function swfLinesWorkload(lines: readonly string[], queues: readonly string[]): Workload {
  return workloadOf(new HeldLines(lines), queues);
}

function workloadOf(reader: Pick<LineReader, 'lines' | 'progress'>, queues: readonly string[]): Workload {
  const dropped = { 'run time unknown': 0, 'processors unknown': 0 };
  const jobs = jobsOf(reader.lines(), new Set(queues), dropped);
  return { jobs, progress: () => reader.progress, dropped: () => dropped };
}

type Dropped = Record<'run time unknown' | 'processors unknown', number>;

function* jobsOf(
  lines: Iterable<Line>,
  queues: ReadonlySet<string>,
  dropped: Dropped,
): Generator<WorkloadJob, undefined> {
  const seen = new Set<number>();
  let first: number | undefined;
  let last = 0;
  for (const { number: line, text } of lines) {
    const [words = ''] = text.split(';', 1);
    if (words.trim() === '') continue;
    const fields = fieldsOf(line, words.trim().split(/\s+/));
    if (fields.submit < last) throw lineError(line, `submitted at ${fields.submit}, before the job above at ${last}`);
    if (seen.has(fields.number)) throw lineError(line, `job ${fields.number} stands above already`);
    first ??= fields.submit;
    last = fields.submit;
    seen.add(fields.number);
    const why = reasonToDrop(fields);
    if (why) dropped[why] += 1;
    else yield jobOf(line, { ...fields, submit: fields.submit - first }, queues, seen);
  }
  if (seen.size === 0) throw new SimulationError('the trace has no jobs');
}

function fieldsOf(line: number, words: readonly string[]): SwfFields {
  if (words.length !== fieldCount)
    throw lineError(line, `has ${words.length} fields, not ${fieldCount}, or was cut off`);
  const numbers = words.map((word, at) => {
    const value = Number(word);
    if (Number.isFinite(value) && value >= unknown && value <= 1e12) return value;
    throw lineError(line, `field ${at + 1} is ${word.slice(0, 40)}, no number of at least -1`);
  });
  const field = (place: number) => numbers[place - 1] ?? unknown;
  if (field(2) < 0) throw lineError(line, 'field 2, the time of submission, is not known');
  return {
    number: field(1),
    submit: field(2),
    run: field(4),
    allocated: field(5),
    usedKiB: field(7),
    processors: field(8),
    requestedSeconds: field(9),
    requestedKiB: field(10),
    status: field(11),
    user: field(12),
    queue: field(15),
    preceding: field(17),
    think: field(18),
  };
}

function reasonToDrop({ run, allocated, processors }: SwfFields): keyof Dropped | undefined {
  if (run < 0) return 'run time unknown';
  return Math.max(processors, allocated) <= 0 ? 'processors unknown' : undefined;
}

function jobOf(line: number, fields: SwfFields, queues: ReadonlySet<string>, seen: ReadonlySet<number>): WorkloadJob {
  const { number, submit, run, requestedSeconds, status, user, queue, preceding, think } = fields;
  const processors = fields.processors > 0 ? fields.processors : fields.allocated;
  const kibibytes = fields.requestedKiB > 0 ? fields.requestedKiB : fields.usedKiB;
  const attempt = { starting: 0, milliseconds: Math.round(run * 1000), exitCode: status === failed ? 1 : 0 };
  // What ran longer than it had asked for was let run.
  const isLimited = requestedSeconds > run;
  const name = String(queue);
  return {
    id: String(number),
    line,
    at: Math.round(submit * 1000),
    ...(queues.has(name) || (queue >= 0 && queues.size > 1) ? { queue: name } : {}),
    share: user >= 0 ? `user-${user}` : 'user-unknown',
    ...{ vcpus: processors, gpus: 0, memoryMiB: memoryOf(kibibytes, processors) },
    dependsOn: [],
    ...(preceding > 0 && seen.has(preceding) && preceding !== number
      ? { follows: { id: String(preceding), after: Math.round(Math.max(0, think) * 1000) } }
      : {}),
    attempts: 1,
    ...(isLimited ? { timeoutSeconds: requestedSeconds } : {}),
    ...{ runTime: { kind: 'fixed', milliseconds: attempt.milliseconds }, failureRate: 0 },
    runs: new Map([[0, [attempt]]]),
  };
}

/** Of all processors together; where nothing is said, as little as there can be. */
function memoryOf(kibibytes: number, processors: number): number {
  return kibibytes > 0 ? Math.max(1, Math.ceil((kibibytes * processors) / 1024)) : 1;
}
