import type { TaskSpec } from '../../contract.ts';
import { cannotStartContainer } from '../cannot-start.ts';
import { DaemonRefusal } from '../daemon/daemon-errors.ts';
import { EarlyLifetime } from '../daemon/early-lifetime.ts';
import { isHeld } from '../holder/sharing-task.ts';
import { noListener } from '../network/no-listener.ts';
import { nodeOf } from '../network/node-task.ts';
import type { DockerContainer } from './docker-container.ts';
import type { KeptState } from './kept-state.ts';
import { TaskImages } from './task-images.ts';
import type { TaskRecord } from './task-record.ts';
import type { TaskSurroundings } from './task-surroundings.ts';

/** The task that is prepared. */
export interface PreparedTask {
  readonly around: TaskSurroundings;
  readonly containers: readonly DockerContainer[];
  readonly kept: KeptState;
  readonly record: () => TaskRecord;
  /** Changes what is known of it, from one step to the next: what fails later has it. */
  readonly change: (record: TaskRecord) => void;
  /** It was stopped or given back: no more is made for it. */
  readonly isUnwanted: () => boolean;
}

/** What comes before the start of a task: its images, what its containers share, and they themselves. */
export class TaskPreparation {
  readonly #task: PreparedTask;
  readonly #around: TaskSurroundings;
  readonly #images: TaskImages;
  #making: Promise<void> | undefined;

  constructor(task: PreparedTask) {
    this.#task = task;
    this.#around = task.around;
    this.#images = new TaskImages(task.around, () => !task.isUnwanted());
  }

  /** How far its images are, in words. */
  get progress(): string | undefined {
    return this.#images.preparation;
  }

  /** Resolves once nothing is being made for it; undefined if nothing is. */
  get making(): Promise<void> | undefined {
    return this.#making;
  }

  /**
   * Resolves once its containers are there, and on the medium that they may be started, with the life of the daemon that has them.
   * Meanwhile that is asked and that is written down. Rejects with `CannotStart`.
   */
  async run(spec: TaskSpec, claimed: Promise<void>): Promise<string> {
    const { reach } = this.#around;
    const { record, kept, isUnwanted } = this.#task;
    const { images, notes } = await this.#images.ensure(spec.containers);
    this.#change({ images, notes: [...record().notes, ...notes] });
    await claimed;
    const lifetime = new EarlyLifetime(reach);
    if (isUnwanted()) return lifetime.answer();
    const foreseen = kept.foresee(record(), reach.daemonStart);
    foreseen.catch(() => {}); // said before the start
    this.#making = this.#make(spec).finally(() => {
      this.#making = undefined;
    });
    await this.#making;
    const answer = await lifetime.answer();
    await reach.insist(() => foreseen);
    return answer;
  }

  async #make(spec: TaskSpec): Promise<void> {
    const { containers, record, isUnwanted } = this.#task;
    const bodies = this.#around.bodiesOf(spec, record(), await this.#takePlace());
    for (const [index, container] of containers.entries()) {
      if (isUnwanted()) break;
      await this.#around.places.take(() => container.create(bodies[index] ?? {}));
    }
  }

  /** Makes what its containers share. Answers Docker's word for their network: the host's, unless it is a node. */
  async #takePlace(): Promise<string> {
    const record = this.#task.record();
    const node = nodeOf(record);
    if (!node) {
      if (isHeld(record)) await this.#openHolder();
      await this.#noteDistance();
      return 'host';
    }
    const { networkMode, address, notes } = await this.#around.networks.join(node);
    this.#change({ address, notes: [...record.notes, ...notes] });
    return networkMode;
  }

  /** Its variables lead to the listener for jobs on 127.0.0.1, be there one or not. */
  async #noteDistance(): Promise<void> {
    const { jobListener, notes } = this.#task.record();
    if (!jobListener) return;
    const { elsewhere } = await this.#around.reach.insist(() => this.#around.reach.facts());
    if (elsewhere !== undefined) this.#change({ notes: [...notes, noListener('job', elsewhere)] });
  }

  async #openHolder(): Promise<void> {
    const { reach, holders } = this.#around;
    try {
      await reach.insist(() => holders.open(this.#task.record()));
    } catch (error) {
      if (!(error instanceof DaemonRefusal)) throw error;
      throw cannotStartContainer(`what its containers share could not be made: ${error.message}`);
    }
  }

  #change(change: Partial<TaskRecord>): void {
    this.#task.change({ ...this.#task.record(), ...change });
  }
}
