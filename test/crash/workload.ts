import {
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  type JobSummary,
  ListJobsCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import {
  environmentOf,
  finalExitCode,
  hanging,
  holder,
  type PlannedJob,
  randomJob,
  scriptIn,
  stopReason,
} from './planned-job.ts';

/**
 * Work for a server that is killed again and again: submits jobs, stops some, and remembers what the server has
 * acknowledged. A submission whose answer is lost may have been taken in or not, but never twice, so these clients do
 * not repeat one by themselves.
 */
export class Workload {
  readonly #server: ServerProcess;
  readonly #random: SeededRandom;
  readonly #images: readonly string[];
  readonly #clients: Clients;
  readonly #once: Clients;
  readonly #acknowledged = new Map<PlannedJob, string>();
  readonly #unanswered = new Set<PlannedJob>();
  readonly #stopsToSend = new Set<PlannedJob>();
  #names = 0;

  /** @param images in which jobs run, one after the other */
  constructor(server: ServerProcess, random: SeededRandom, images: readonly string[]) {
    this.#server = server;
    this.#random = random;
    this.#images = images;
    this.#clients = clientsOf(server);
    this.#once = clientsOf(server, { maxAttempts: 1 });
  }

  get clients(): Clients {
    return this.#clients;
  }

  /** Ids of the jobs that the server has acknowledged. */
  get acknowledged(): ReadonlyMap<PlannedJob, string> {
    return this.#acknowledged;
  }

  close(): void {
    this.#clients.close();
    this.#once.close();
  }

  async prepare(): Promise<void> {
    for (const [index, image] of this.#images.entries())
      await registerShell(this.#clients.batch, {
        name: `crash-${index}`,
        image,
        script: scriptIn(this.#server.shared),
        directory: this.#server.shared,
        retryStrategy: {
          attempts: 1,
          evaluateOnExit: [{ action: 'EXIT', onExitCode: String(finalExitCode) }],
        },
      });
  }

  newName(): string {
    this.#names += 1;
    return `job-${this.#names}`;
  }

  /** Submits holders until `count` jobs run, and waits until they do. */
  async keepRunning(count: number, attempts = 1): Promise<void> {
    let seen = '';
    await until(
      () => `${count} jobs to run: ${seen}\n${this.#server.log.slice(-3_000)}`,
      async () => {
        // One after the other, as jobs go: one that moves on meanwhile is seen twice rather than never, and not submitted anew.
        const runnable = await this.countIn('RUNNABLE');
        const starting = await this.countIn('STARTING');
        const running = await this.countIn('RUNNING');
        seen = JSON.stringify({ running, starting, runnable, containers: this.#server.runningContainers });
        const coming = starting + runnable;
        const missing = count - running - coming;
        await Promise.all(
          Array.from({ length: Math.max(0, missing) }, () => this.submit(holder(this.newName(), attempts))),
        );
        return running >= count;
      },
    );
  }

  /** Jobs of the default queue in these states. */
  async countIn(...statuses: readonly ('RUNNABLE' | 'STARTING' | 'RUNNING')[]): Promise<number> {
    const counts = await Promise.all(
      statuses.map(async (jobStatus) => {
        const page = new ListJobsCommand({ jobQueue: 'default', jobStatus, maxResults: 100 });
        return (await this.#clients.batch.send(page)).jobSummaryList?.length ?? 0;
      }),
    );
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** Submits random jobs, all at once; the server may die meanwhile. Resolves when every call has its answer or none. */
  async burst(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.submit(this.#randomJob())));
  }

  /** Submits a job once, and sends its stop as soon as it is acknowledged. */
  async submit(job: PlannedJob): Promise<void> {
    await this.#send(job);
    if (job.stop) await this.#sendStop(job);
  }

  /** Submits a job that runs until it is stopped, and waits until it runs. Answers what sends its stop. */
  async startHanging(attempts: number): Promise<() => Promise<void>> {
    const job = hanging(this.newName(), attempts);
    await this.#send(job);
    await until(`${job.name} to run`, async () => {
      const [found] = await this.#describe([this.#acknowledged.get(job) ?? '']);
      return found?.status === 'RUNNING';
    });
    return () => this.#sendStop(job);
  }

  async #send(job: PlannedJob): Promise<void> {
    this.#unanswered.add(job);
    try {
      const { jobId = '' } = await this.#once.batch.send(new SubmitJobCommand(this.#request(job)));
      this.#unanswered.delete(job);
      this.#acknowledged.set(job, jobId);
      if (job.stop) this.#stopsToSend.add(job);
    } catch (error) {
      if (this.#server.isRunning && !isConnectionLoss(error)) throw error;
    }
  }

  /**
   * What a client does when the server is back: finds out which submissions without an answer were taken in all the same,
   * and sends every stop until it is acknowledged. A job that hangs until it is stopped would keep its place otherwise, and
   * after enough crashes no other job could start.
   */
  async takeUp(): Promise<void> {
    await this.#adoptUnanswered();
    await this.sendStops();
  }

  /** Sends every stop until it is acknowledged. The server must run. */
  async sendStops(): Promise<void> {
    await until('every stop to be acknowledged', async () => {
      await Promise.all([...this.#stopsToSend].map((job) => this.#sendStop(job)));
      return this.#stopsToSend.size === 0;
    });
  }

  async #adoptUnanswered(): Promise<void> {
    const ids = new Map((await this.#list()).map(({ jobName, jobId }) => [jobName, jobId]));
    for (const job of this.#unanswered) {
      const jobId = ids.get(job.name);
      if (jobId === undefined) continue;
      this.#unanswered.delete(job);
      this.#acknowledged.set(job, jobId);
      if (job.stop) this.#stopsToSend.add(job);
    }
  }

  /** Waits until every acknowledged job has ended. A failure ends with what `inWords` says then. */
  async waitForEnds(inWords: () => Promise<string>): Promise<void> {
    const open = new Set(this.#acknowledged.values());
    await until(
      async () => `every job to end\n${await inWords()}`,
      async () => {
        for (const { jobId = '', status } of await this.#describe([...open])) {
          if (status === 'SUCCEEDED' || status === 'FAILED') open.delete(jobId);
        }
        return open.size === 0;
      },
    );
  }

  /** Every job that the server knows, by name. Throws if one is there twice, or an acknowledged one is not. */
  async collect(): Promise<ReadonlyMap<string, JobDetail>> {
    const ids = (await this.#list()).flatMap(({ jobId }) => jobId ?? []);
    const jobs = new Map<string, JobDetail>();
    for (const job of await this.#describe(ids)) {
      if (jobs.has(job.jobName ?? '')) throw new Error(`${job.jobName} was submitted once and is there twice`);
      jobs.set(job.jobName ?? '', job);
    }
    for (const [{ name }, jobId] of this.#acknowledged) {
      if (jobs.get(name)?.jobId !== jobId) throw new Error(`${name} (${jobId}) was acknowledged and is lost`);
    }
    return jobs;
  }

  /**
   * For the words of a failure: which jobs have not ended as far as the server says, and which submissions have no answer.
   * The server must run.
   */
  async inWords(): Promise<string> {
    const open = await Promise.all(
      (['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const).map(async (jobStatus) => {
        const page = new ListJobsCommand({ jobQueue: 'default', jobStatus, maxResults: 100 });
        const { jobSummaryList = [] } = await this.#clients.batch.send(page);
        const reason = jobSummaryList.find(({ statusReason }) => statusReason)?.statusReason;
        const jobs = jobSummaryList.map(({ jobName = '' }) => this.#nameInWords(jobName));
        return `${jobs.length} ${jobStatus}${reason === undefined ? '' : ` (${reason})`}: ${jobs.join(', ')}`;
      }),
    );
    const unanswered = [...this.#unanswered].map(jobInWords);
    const stops = [...this.#stopsToSend].map(jobInWords);
    return [
      `${this.#acknowledged.size} jobs are acknowledged`,
      ...open,
      `${unanswered.length} submissions have no answer: ${unanswered.join(', ')}`,
      `${stops.length} stops have no answer: ${stops.join(', ')}`,
    ].join('\n');
  }

  #nameInWords(name: string): string {
    const planned = [...this.#acknowledged.keys(), ...this.#unanswered].find((job) => job.name === name);
    return planned ? `${jobInWords(planned)}${this.#unanswered.has(planned) ? ' without answer' : ''}` : name;
  }

  /** Submissions that were never answered, and of which nothing is there. */
  get vanished(): number {
    return this.#unanswered.size;
  }

  #randomJob(): PlannedJob {
    const known = [...this.#acknowledged.keys()];
    const held = known.find(({ behaviour }) => behaviour === 'hold');
    if (!held) throw new Error('submit holders first');
    const others = known.filter(({ behaviour, stop }) => behaviour !== 'hold' && stop !== 'cancel');
    return randomJob(this.newName(), this.#random, others, held);
  }

  #request(job: PlannedJob) {
    const { name, attempts, timeoutSeconds, dependsOn } = job;
    return {
      jobName: name,
      jobQueue: 'default',
      jobDefinition: `crash-${this.#acknowledged.size % this.#images.length}`,
      dependsOn: dependsOn.map((each) => ({ jobId: this.#acknowledged.get(each) ?? '' })),
      retryStrategy: { attempts, evaluateOnExit: [{ action: 'EXIT' as const, onExitCode: String(finalExitCode) }] },
      containerOverrides: { environment: environmentOf(job) },
      ...(timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: timeoutSeconds } }),
    };
  }

  async #sendStop(job: PlannedJob): Promise<void> {
    const jobId = this.#acknowledged.get(job);
    if (jobId === undefined) return;
    const request = { jobId, reason: stopReason };
    const { batch } = this.#once;
    try {
      if (job.stop === 'cancel') await batch.send(new CancelJobCommand(request));
      else await batch.send(new TerminateJobCommand(request));
      this.#stopsToSend.delete(job);
    } catch (error) {
      if (this.#server.isRunning && !isConnectionLoss(error)) throw error;
    }
  }

  async #describe(ids: readonly string[]): Promise<readonly JobDetail[]> {
    const slices = Array.from({ length: Math.ceil(ids.length / 100) }, (_, index) =>
      ids.slice(100 * index, 100 * (index + 1)),
    );
    const answers: JobDetail[] = [];
    for (const jobs of slices) {
      answers.push(...((await this.#clients.batch.send(new DescribeJobsCommand({ jobs }))).jobs ?? []));
    }
    return answers;
  }

  async #list(): Promise<readonly JobSummary[]> {
    const jobs: JobSummary[] = [];
    let nextToken: string | undefined;
    do {
      const page = new ListJobsCommand({
        jobQueue: 'default',
        filters: [{ name: 'JOB_NAME', values: ['job-*'] }],
        nextToken,
      });
      const answer = await this.#clients.batch.send(page);
      jobs.push(...(answer.jobSummaryList ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return jobs;
  }
}

function jobInWords({ name, behaviour, stop }: PlannedJob): string {
  return stop === undefined ? `${name} ${behaviour}s` : `${name} ${behaviour}s, to ${stop}`;
}

/** The server died before it answered; anything else it has answered itself. */
function isConnectionLoss(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) || /socket hang up/.test(String(error));
}
