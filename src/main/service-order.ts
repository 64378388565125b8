import type { LoadedState } from '../store/index.ts';

/** The parts of a server in the order in which each stage takes them, and why each stands where it does. */
export const serviceOrder = {
  /** Memory becomes what the store holds. Changes are refused until all of it is done. */
  fill: [
    { part: 'ledger', why: 'the yard looks queues and environments up while it fills' },
    { part: 'sqs', why: 'its messages belong to the queues that the ledger has; it begins nothing by itself' },
    { part: 'cloudwatch', why: 'points belong to the metrics that the ledger has; it begins nothing by itself' },
    { part: 'yard', why: 'waiting jobs go into the queues that the ledger has' },
  ],
  /** What is filled begins to act. */
  begin: [
    { part: 'engines', why: 'they are opened for the lead that this server has, and the yard asks them' },
    { part: 'outbox', why: 'it numbers facts from where the store is, and the yard makes some as it begins' },
    { part: 'vault', why: 'a first key is there before anybody has a value sealed' },
    { part: 'jobListener', why: 'a job that starts is told where it is, and asks at once' },
    { part: 'yard', why: 'it asks engines what became of tasks before anybody asks it about jobs' },
    { part: 'batch', why: 'it goes on with deletions of queues and environments, which ask the yard for their jobs' },
    { part: 'logs', why: 'a stream that no task of the yard holds any more is finished; then logs are swept' },
    { part: 'sns', why: 'executions publish through it' },
    { part: 'cloudwatch', why: 'alarms tell topics, and the log of facts' },
    { part: 'states', why: 'executions submit jobs, write logs and publish as they go on' },
    { part: 'due', why: 'work that is due calls all services above' },
    { part: 'installation', why: 'what the first start writes is the first change that nobody asked for' },
  ],
  /** Nothing is decided or heard any more; memory is about to be filled anew. Who asks others stops before them. */
  pause: [
    { part: 'states', why: 'executions would call the services below' },
    { part: 'sns', why: 'a delivery that ends would be written' },
    { part: 'cloudwatch', why: 'the state of an alarm would be written, and points into chunks' },
    { part: 'sqs', why: 'who waits for messages would be given some' },
    { part: 'outbox', why: 'whom it tells has stopped' },
    { part: 'due', why: 'what it calls has stopped' },
    { part: 'logs', why: 'what a sweep finds would be removed, and a notice put in its place' },
    { part: 'batch', why: 'what blocks queues of service jobs would be told, and its time would be over' },
    { part: 'yard', why: 'all that submits or stops jobs has stopped' },
    { part: 'vault', why: 'values that are sealed anew would be written' },
  ],
  /** The server ends: nothing begins any more, and what is under way becomes durable. */
  close: [
    { part: 'keeper', why: 'a rebuild would set all going again' },
    { part: 'jobListener', why: 'calls of jobs would reach the services below' },
    { part: 'states', why: 'executions would call the services below; the last lines of their logs are written' },
    { part: 'sns', why: 'deliveries under way end while their outcome can still be written' },
    { part: 'cloudwatch', why: 'an alarm that is being looked at would have its topics told' },
    { part: 'due', why: 'what it performs ends before what that calls' },
    { part: 'outbox', why: 'whom it tells has closed' },
    { part: 'batch', why: 'service jobs would be ended' },
    { part: 'yard', why: 'all that submits or stops jobs has closed; running tasks go on' },
    { part: 'vault', why: 'the slice that is being sealed anew becomes durable' },
  ],
} as const satisfies Record<string, readonly { readonly part: string; readonly why: string }[]>;

type Stage = keyof typeof serviceOrder;
type PartOf<S extends Stage> = (typeof serviceOrder)[S][number]['part'];

export type FilledParts = { readonly [Part in PartOf<'fill'>]: { fill(loaded: LoadedState): unknown } };
export type BegunParts = { readonly [Part in PartOf<'begin'>]: { begin(loaded: LoadedState): unknown } };
export type PausedParts = { readonly [Part in PartOf<'pause'>]: { pause(): void } };
export type ClosedParts = { readonly [Part in PartOf<'close'>]: { close(): unknown } };

/** What a server is made of, each with what it does at the stages that take it. */
export type ServiceParts = FilledParts & BegunParts & PausedParts & ClosedParts;

/**
 * A part that is filled holds nothing of before any more, and the last one forgets it before its `fill` first waits:
 * `onForgotten` is called then.
 */
export async function fillParts(parts: FilledParts, loaded: LoadedState, onForgotten: () => void): Promise<void> {
  const last = serviceOrder.fill.at(-1)?.part;
  for (const { part } of serviceOrder.fill) {
    const filled = parts[part].fill(loaded);
    if (part === last) onForgotten();
    await filled;
  }
}

export async function beginParts(parts: BegunParts, loaded: LoadedState): Promise<void> {
  for (const { part } of serviceOrder.begin) await parts[part].begin(loaded);
}

export function pauseParts(parts: PausedParts): void {
  for (const { part } of serviceOrder.pause) parts[part].pause();
}

export async function closeParts(parts: ClosedParts): Promise<void> {
  for (const { part } of serviceOrder.close) await parts[part].close();
}
