import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import {
  type BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from '@aws-sdk/client-batch';
import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

/** Where the demo plays: the SDK's clients, and a printer for what the audience sees. */
export class Stage {
  readonly batch: BatchClient;
  /** What jobs name as their image. */
  readonly image: string;
  readonly #logs: CloudWatchLogsClient;
  readonly #started = performance.now();

  constructor(batch: BatchClient, logs: CloudWatchLogsClient, image: string) {
    this.batch = batch;
    this.image = image;
    this.#logs = logs;
  }

  title(text: string): void {
    console.log(`\n${styleText('bold', text)}`);
  }

  note(text: string): void {
    const seconds = ((performance.now() - this.#started) / 1_000).toFixed(2).padStart(6);
    console.log(`${styleText('dim', seconds)}  ${text}`);
  }

  /** Submits a job to the default queue; answers its id. */
  async submit(request: Omit<SubmitJobCommandInput, 'jobQueue'>): Promise<string> {
    const { jobId = '' } = await this.batch.send(new SubmitJobCommand({ jobQueue: 'default', ...request }));
    this.note(`${request.jobName}  ${styleText('dim', `submitted as ${jobId}`)}`);
    return jobId;
  }

  /** Shows states and lines of jobs as they come, until all have ended; calls `onLine` for each line. */
  async watch(jobIds: readonly string[], onLine: (line: string, jobId: string) => unknown = () => {}): Promise<Seen[]> {
    const seen = jobIds.map((jobId) => new JobView(jobId));
    for (;;) {
      const { jobs = [] } = await this.batch.send(new DescribeJobsCommand({ jobs: [...jobIds] }));
      for (const view of seen) {
        const job = jobs.find(({ jobId }) => jobId === view.jobId);
        if (job) await this.#show(view, job, onLine);
      }
      if (seen.every(({ ended }) => ended)) return seen;
      await sleep(20);
    }
  }

  async #show(view: JobView, job: JobDetail, onLine: (line: string, jobId: string) => unknown): Promise<void> {
    if (view.ended) return;
    const ended = job.status === 'SUCCEEDED' || job.status === 'FAILED';
    if (!ended) this.#showState(view, job);
    for (const line of await this.#newLines(view, job)) {
      this.note(`${job.jobName}  ${styleText('cyan', `| ${line}`)}`);
      view.lines.push(line);
      await onLine(line, view.jobId);
    }
    if (!ended) return;
    this.#showState(view, job);
    view.end(job);
  }

  #showState(view: JobView, job: JobDetail): void {
    if (view.states.at(-1) === job.status) return;
    view.states.push(job.status ?? '');
    const colour = job.status === 'SUCCEEDED' ? 'green' : job.status === 'FAILED' ? 'red' : 'yellow';
    const reason = job.status === 'FAILED' ? `  (${job.statusReason})` : '';
    this.note(`${job.jobName}  ${styleText(colour, job.status ?? '')}${reason}`);
  }

  async #newLines(view: JobView, job: JobDetail): Promise<readonly string[]> {
    const finished = (job.attempts ?? []).map(({ container }) => container?.logStreamName);
    const streams = new Set([...finished, job.container?.logStreamName].filter((name) => name !== undefined));
    const lines: string[] = [];
    for (const stream of streams) lines.push(...(await this.#readStream(view, stream)));
    return lines;
  }

  async #readStream(view: JobView, logStreamName: string): Promise<readonly string[]> {
    const request = { logGroupName: '/aws/batch/job', logStreamName, startFromHead: true };
    const nextToken = view.tokens.get(logStreamName);
    try {
      const page = await this.#logs.send(new GetLogEventsCommand({ ...request, ...(nextToken && { nextToken }) }));
      if (page.nextForwardToken) view.tokens.set(logStreamName, page.nextForwardToken);
      return (page.events ?? []).map(({ message = '' }) => message);
    } catch (error) {
      // The stream comes to life with the attempt.
      if ((error as Error).name === 'ResourceNotFoundException') return [];
      throw error;
    }
  }
}

/** What the audience has seen of a job. */
export interface Seen {
  readonly jobId: string;
  readonly lines: readonly string[];
  readonly job: JobDetail;
}

class JobView implements Seen {
  readonly jobId: string;
  readonly lines: string[] = [];
  readonly states: string[] = [];
  readonly tokens = new Map<string, string>();
  job: JobDetail = { jobId: '', jobName: '', jobQueue: '', jobDefinition: '', startedAt: 0, status: 'SUBMITTED' };
  ended = false;

  constructor(jobId: string) {
    this.jobId = jobId;
  }

  end(job: JobDetail): void {
    this.job = job;
    this.ended = true;
  }
}
