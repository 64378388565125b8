import type { Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { JobId, TaskId } from '../../../core/ids.ts';
import type { PlacedContainer, PlaceId, Placement } from '../../../core/job.ts';
import { nodeSpecification } from '../../../core/node-specification.ts';
import { newTaskId, type RandomSource } from '../../../core/random.ts';
import { type GangEntry, type Jobs, type NodePlace, taskOfMainNode } from '../../../jobs/index.ts';
import type { Transaction } from '../../../store/index.ts';
import { placementOf } from './placement.ts';
import type { QueueModel } from './queue-model.ts';
import type { SpecificationCache, SpecifiedJob } from './specification-cache.ts';
import type { TaskLogs } from './task-logs.ts';
import { placeTask } from './task-placing.ts';

export interface NodePlacesOptions {
  readonly jobs: Jobs;
  readonly queues: Pick<QueueModel, 'environment'>;
  readonly specifications: SpecificationCache;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly onError: (error: unknown) => void;
}

/** Gives the nodes of gangs that run their tasks, where the decision about their gang has put them. */
export class NodePlaces {
  readonly #options: NodePlacesOptions;
  /** What gangs run that was read for them: kept until they end, so that others cannot push it out between two turns. */
  readonly #read = new Map<JobId, SpecifiedJob>();
  readonly #reading = new Set<GangEntry>();

  constructor(options: NodePlacesOptions) {
    this.#options = options;
  }

  /** Undefined while it is being read what the gang runs: its nodes are started again then. */
  place(transaction: Transaction, gang: GangEntry, index: number): NodePlace | undefined {
    const { specifications, logs, clock, random } = this.#options;
    const job = this.#read.get(gang.jobId) ?? specifications.peek(gang.jobId);
    if (!job) {
      this.#look(gang);
      return undefined;
    }
    const node = nodeSpecification(job.specification, index);
    invariant(node, `nothing is said of what node ${index} of ${gang.jobId} runs`);
    const at = clock.now();
    const taskId = newTaskId(at, random);
    const task = { scope: gang.scope, job, node, taskId };
    return placeTask(logs, transaction, task, at, (containers) => this.#placement(gang, index, taskId, containers));
  }

  /** The job has ended. */
  forget(jobId: JobId): void {
    this.#read.delete(jobId);
  }

  /** Memory is filled anew. */
  clear(): void {
    this.#read.clear();
    this.#reading.clear();
  }

  #placement(gang: GangEntry, index: number, taskId: TaskId, containers: readonly PlacedContainer[]): Placement {
    const { queues, clock } = this.#options;
    const { state, jobId } = gang;
    invariant('gang' in state, `job ${jobId} has no places for its nodes`);
    const { computeEnvironmentArn, pool, nodes } = state.gang;
    const place: PlaceId = { pool, instance: nodes[index]?.instance ?? '' };
    const environment = queues.environment(computeEnvironmentArn);
    if (environment) return placementOf(environment, place, taskId, containers, clock.now());
    // It has been deleted since: what its ARNs were made of, its main node's have.
    const main = taskOfMainNode(gang);
    const taskArn = `${main.taskArn.slice(0, main.taskArn.lastIndexOf('/'))}/${taskId}`;
    const { containerInstanceArn } = main;
    return {
      ...{ taskId, computeEnvironmentArn, taskArn, containerInstanceArn, containers, ...place },
      placedAt: clock.now(),
    };
  }

  #look(gang: GangEntry): void {
    const { specifications, jobs, onError } = this.#options;
    if (this.#reading.has(gang)) return;
    this.#reading.add(gang);
    const { jobId } = gang;
    const reading = specifications.fetch([gang]).then((found) => {
      this.#reading.delete(gang);
      // Memory may have been filled anew: then this gang is asked about once more.
      if (jobs.get(jobId) !== gang) return;
      const job = found.get(jobId);
      invariant(job, `job ${jobId} is in memory and not in the store`);
      this.#read.set(jobId, job);
      jobs.startNodes(jobId);
    });
    reading.catch(onError);
  }
}
