import { type Amount, add, isNothing, nothing, shortage, subtract } from './amount.ts';
import { type EnvironmentVerdict, type Held, type Holder, isOpen, judgeEnvironment } from './environment-verdict.ts';
import type { Environment, Model, WaitingJob } from './model.ts';

/** Whether the head of a queue can start now, and if not, what is in its way. */
export type Judgement =
  | {
      readonly kind: 'placeable';
      readonly environment: Environment;
      readonly footprint: Amount;
      readonly passedOver: readonly EnvironmentVerdict[];
    }
  | { readonly kind: 'exceeds-host' }
  | { readonly kind: 'no-environment-fits'; readonly verdicts: readonly EnvironmentVerdict[] }
  /** An environment fits, the host does not; `holder` when it would but for what is held for another. */
  | {
      readonly kind: 'host-is-full';
      readonly computeEnvironmentArn: string;
      readonly footprint: Amount;
      readonly missing: Amount;
      readonly holder?: Holder;
    };

/**
 * What capacity the heads of queues may use, asked in the order in which queues are served. A head that is blocked
 * holds what it waits for, so that no queue served after it can take it away and let it starve: first its place in an
 * environment; once it has that, its place on the host. (A head whose environment is full holds nothing of the host:
 * what would stay idle for it may be long.) Lives for one pass over the queues; nothing held outlives it.
 */
export class Admission {
  readonly #model: Model;
  readonly #heldVcpus = new Map<string, Held>();
  #heldHost: Amount = nothing;
  #hostHolder: Holder | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  judge(job: WaitingJob): Judgement {
    if (this.#model.hasHost() && job.gpus > this.#model.host.gpus) return { kind: 'exceeds-host' };
    const verdicts: EnvironmentVerdict[] = [];
    for (const arn of job.queue.settings.computeEnvironmentArns) {
      const environment = this.#model.environment(arn);
      const verdict = judgeEnvironment(arn, environment, job.vcpuMillis, this.#heldVcpus.get(arn));
      if (environment && verdict.kind === 'fits') return this.#judgeHost(job, environment, verdicts);
      verdicts.push(verdict);
    }
    return { kind: 'no-environment-fits', verdicts };
  }

  /** Holds for a blocked head what it waits for, if it can ever start. */
  hold(job: WaitingJob, judgement: Judgement): void {
    const holder = { queueArn: job.queue.settings.arn, jobId: job.jobId };
    if (judgement.kind === 'no-environment-fits') {
      const first = judgement.verdicts.find(isOpen);
      if (first) this.#holdVcpus(first.computeEnvironmentArn, job.vcpuMillis, holder);
    } else if (judgement.kind === 'host-is-full') {
      this.#holdVcpus(judgement.computeEnvironmentArn, job.vcpuMillis, holder);
      this.#heldHost = add(this.#heldHost, judgement.footprint);
      this.#hostHolder ??= holder;
    }
  }

  #judgeHost(job: WaitingJob, environment: Environment, passedOver: readonly EnvironmentVerdict[]): Judgement {
    const model = this.#model;
    const footprint = model.footprint(job);
    const free = subtract(model.host, model.hostUsed);
    const missing = shortage(model.hasHost() ? footprint : job, free);
    const blocked = { kind: 'host-is-full', computeEnvironmentArn: environment.arn, footprint } as const;
    if (!isNothing(missing)) return { ...blocked, missing };
    const missingForHeld = shortage(footprint, subtract(free, this.#heldHost));
    if (isNothing(missingForHeld) || !this.#hostHolder)
      return { kind: 'placeable', environment, footprint, passedOver };
    return { ...blocked, missing: missingForHeld, holder: this.#hostHolder };
  }

  #holdVcpus(arn: string, vcpuMillis: number, holder: Holder): void {
    const held = this.#heldVcpus.get(arn);
    this.#heldVcpus.set(arn, { vcpuMillis: (held?.vcpuMillis ?? 0) + vcpuMillis, holder: held?.holder ?? holder });
  }
}
