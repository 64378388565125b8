import { CallError } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';
import type { Asked, Question, Session, Told } from '../worker/messages.ts';
import workerUrl from '../worker/worker.ts?worker&url';

interface Port {
  postMessage(asked: Asked): void;
}

interface Waiting {
  /** Only of streams. */
  readonly hear?: (event: StreamedEvent) => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CallError) => void;
}

/** A stream that is heard. */
export interface HeardStream {
  /** Resolves when there are no more events. Rejects with `CallError`. */
  readonly ended: Promise<void>;
  /** Hears no more of it: `ended` then stays as it is. */
  stop(): void;
}

/** This page's line to the worker that holds the session. */
export class WorkerClient {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<() => void>();
  #next = 0;
  #session: Session | undefined;

  constructor() {
    this.#port = openWorker((told) => this.#hear(told));
    void this.#ask({ kind: 'session' }).then((session) => this.#change(session as Session));
    addEventListener('pagehide', () => this.#port.postMessage({ id: 0, question: { kind: 'leave' } }));
    // Back from the browser's cache of pages: the worker has forgotten this one, and a new start is cheap.
    addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  }

  /** Undefined until the worker has answered once. */
  session = (): Session | undefined => this.#session;

  /** Calls `listener` whenever the session changes, until what it returns is called. */
  onSession = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Rejects with `CallError`. */
  call(call: Call): Promise<unknown> {
    return this.#ask({ kind: 'call', call });
  }

  /** Tells each event of an answer that goes on. */
  stream(call: Call, hear: (event: StreamedEvent) => void): HeardStream {
    const { id, answer } = this.#put({ kind: 'stream', call }, hear);
    const stop = () => {
      if (this.#waiting.delete(id)) this.#port.postMessage({ id: 0, question: { kind: 'stop', stream: id } });
    };
    return { ended: answer.then(() => undefined), stop };
  }

  /** Rejects with `CallError`. */
  async signIn(credentials: Credentials, region: string): Promise<void> {
    await this.#ask({ kind: 'sign-in', credentials, region });
  }

  async signOut(): Promise<void> {
    await this.#ask({ kind: 'sign-out' });
  }

  async moveTo(region: string): Promise<void> {
    await this.#ask({ kind: 'region', region });
  }

  #ask(question: Question): Promise<unknown> {
    return this.#put(question).answer;
  }

  #put(question: Question, hear?: (event: StreamedEvent) => void): { id: number; answer: Promise<unknown> } {
    const id = ++this.#next;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, ...(hear && { hear }) });
      this.#port.postMessage({ id, question });
    });
    return { id, answer };
  }

  #hear(told: Told): void {
    if (told.kind === 'session') {
      this.#change(told.session);
      return;
    }
    const waiting = this.#waiting.get(told.id);
    if (told.kind === 'event') {
      waiting?.hear?.(told.event);
      return;
    }
    this.#waiting.delete(told.id);
    if (told.kind === 'answer') waiting?.resolve(told.value);
    else waiting?.reject(new CallError(told.failure));
  }

  #change(session: Session): void {
    this.#session = session;
    for (const listener of this.#listeners) listener();
  }
}

/** `extendedLifetime`: where browsers know it, a reload of the only page keeps the session. */
function openWorker(hear: (told: Told) => void): Port {
  const listener = ({ data }: MessageEvent<Told>) => hear(data);
  const options = { type: 'module', name: 'session', extendedLifetime: true } as const;
  if (typeof SharedWorker === 'undefined') {
    const worker = new Worker(workerUrl, options);
    worker.onmessage = listener;
    return worker;
  }
  const { port } = new SharedWorker(workerUrl, options);
  port.onmessage = listener;
  return port;
}
