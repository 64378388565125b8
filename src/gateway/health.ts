import type { Milliseconds } from '../core/ids.ts';
import type { Answer } from './answer.ts';
import type { CompiledGatewayOptions } from './options.ts';

/** Whether the process lives, whether it can serve, and its numbers. The first two need no signature. */
export const healthPages = ['/healthz', '/readyz', '/metrics'] as const;
export type HealthPage = (typeof healthPages)[number];

const paths: ReadonlySet<string> = new Set(healthPages);

/** How long a rendering of the metrics is served again: it takes milliseconds in which nothing else is. */
const renderingTime: Milliseconds = 1_000;

export class HealthPages {
  readonly #options: Pick<CompiledGatewayOptions, 'readiness' | 'metrics' | 'clock'>;
  #rendering: { readonly at: Milliseconds; readonly answer: Promise<Answer> } | undefined;
  readonly #render: Readonly<Record<HealthPage, () => Answer | Promise<Answer>>> = {
    '/healthz': () => plain(200, 'ok\n'),
    '/readyz': () => this.#ready(),
    '/metrics': () => this.#metrics(),
  };

  constructor(options: Pick<CompiledGatewayOptions, 'readiness' | 'metrics' | 'clock'>) {
    this.#options = options;
  }

  /** Whether a request is for one of the pages. */
  serves(method: string | undefined, path: string): boolean {
    return paths.has(path) && (method === 'GET' || method === 'HEAD');
  }

  async render(page: HealthPage): Promise<Answer> {
    return this.#render[page]();
  }

  #ready(): Answer {
    const readiness = this.#options.readiness();
    return readiness.ready ? plain(200, 'ready\n') : plain(503, `not ready: ${readiness.reason}\n`);
  }

  #metrics(): Promise<Answer> {
    const now = this.#options.clock.monotonic();
    if (!this.#rendering || now - this.#rendering.at >= renderingTime) {
      this.#rendering = { at: now, answer: this.#scrape() };
    }
    return this.#rendering.answer;
  }

  async #scrape(): Promise<Answer> {
    const { metrics } = this.#options;
    return { status: 200, contentType: metrics.contentType, body: await metrics.metrics() };
  }
}

function plain(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
