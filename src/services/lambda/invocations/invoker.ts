import type { FunctionSettings } from '../functions.ts';
import { tooManyInvocations } from '../refusals.ts';
import type { JobRunner } from './job-runner.ts';
import type { Invocation, InvocationOutcome } from './outcome.ts';
import type { UrlRunner } from './url-runner.ts';

/** Runs functions, each no more often at once than its configuration says. */
export class Invoker {
  readonly #jobs: JobRunner;
  readonly #urls: UrlRunner;
  readonly #running = new Map<string, number>();

  constructor(jobs: JobRunner, urls: UrlRunner) {
    this.#jobs = jobs;
    this.#urls = urls;
  }

  /** Throws `TooManyRequestsException`, and `ServiceError` for what is not the function's fault. */
  async invoke(settings: FunctionSettings, invocation: Invocation, signal: AbortSignal): Promise<InvocationOutcome> {
    const place = `${invocation.account} ${invocation.region} ${settings.name}`;
    const running = this.#running.get(place) ?? 0;
    if (running >= settings.concurrency) throw tooManyInvocations();
    this.#running.set(place, running + 1);
    try {
      const { run } = settings;
      if (run.kind === 'url') return await this.#urls.run(settings, run, invocation, signal);
      return await this.#jobs.run(settings, run, invocation, signal);
    } finally {
      const left = (this.#running.get(place) ?? 1) - 1;
      if (left === 0) this.#running.delete(place);
      else this.#running.set(place, left);
    }
  }
}
