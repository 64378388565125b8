import { CallError } from '../api/call-error.ts';
import { withClientToken } from '../api/client-token.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';
import { trustedScript } from '../api/trusted-script.ts';
import type { Asked, Changed, Live, Question, Session, Told } from '../worker/messages.ts';
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
  readonly #liveListeners = new Set<() => void>();
  readonly #changeListeners = new Set<(changed: Changed) => void>();
  #live: Live = 'off';
  #next = 0;
  #session: Session | undefined;
  #region: string | undefined;
  #goneSince: number | undefined;

  constructor() {
    this.#port = openWorker((told) => this.#hear(told));
    void this.#ask({ kind: 'session' }).then((session) => this.#change(session as Session));
    addEventListener('pagehide', () => this.#port.postMessage({ id: 0, question: { kind: 'leave' } }));
    // Back from the browser's cache of pages: the worker has forgotten this one, and a new start is cheap.
    addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  }

  /** Undefined until the worker has answered once. */
  session = (): Session | undefined => this.#session;

  /** Calls `listener` whenever the session, the region or the line to the server changes, until what it returns is called. */
  onSession = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The region that calls of this page go to: that of its address. */
  region = (): string | undefined =>
    this.#region ?? (this.#session?.kind === 'signed-in' ? this.#session.region : undefined);

  /** When calls began to get no answer, in milliseconds since 1970; undefined while they get one. */
  goneSince = (): number | undefined => this.#goneSince;

  /** Whether the server tells what changes. */
  live = (): Live => this.#live;

  /** Calls `listener` whenever that changes, and when a new stream has begun, until what it returns is called. */
  onLive = (listener: () => void): (() => void) => {
    this.#liveListeners.add(listener);
    return () => this.#liveListeners.delete(listener);
  };

  /** Tells `listener` what has changed on the server, until what it returns is called. */
  onChanged = (listener: (changed: Changed) => void): (() => void) => {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  };

  /** Rejects with `CallError`. */
  async call(call: Call): Promise<unknown> {
    try {
      const whole = withClientToken(call, () => crypto.randomUUID());
      const answer = await this.#ask({ kind: 'call', call: whole, region: this.#region });
      this.#noteReached(true);
      return answer;
    } catch (error) {
      this.#noteReached(!(error instanceof CallError && error.unreachable));
      throw error;
    }
  }

  /** A call that only looks: where it meets the end of the session it waits for the next one, and what is shown stays. */
  async read(call: Call): Promise<unknown> {
    for (;;) {
      try {
        return await this.call(call);
      } catch (error) {
        if (!(error instanceof CallError && error.signedOut)) throw error;
        await this.#signedIn();
      }
    }
  }

  /** Tells each event of an answer that goes on. */
  stream(call: Call, hear: (event: StreamedEvent) => void): HeardStream {
    const { id, answer } = this.#put({ kind: 'stream', call, region: this.#region }, hear);
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

  /** Rejects with `CallError`. */
  async redeem(token: string, region: string): Promise<void> {
    await this.#ask({ kind: 'redeem', token, region });
  }

  /** Rejects with `CallError`. */
  async switchRole(roleArn: string): Promise<void> {
    await this.#ask({ kind: 'switch-role', roleArn });
  }

  async leaveRole(): Promise<void> {
    await this.#ask({ kind: 'leave-role' });
  }

  moveTo(region: string): void {
    if (this.#region === region) return;
    this.#region = region;
    this.#tell();
  }

  #signedIn(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#session?.kind !== 'signed-in') return;
        stop();
        resolve();
      };
      const stop = this.onSession(look);
      look();
    });
  }

  #noteReached(isReached: boolean): void {
    const since = isReached ? undefined : (this.#goneSince ?? Date.now());
    if (since === this.#goneSince) return;
    this.#goneSince = since;
    this.#tell();
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
    switch (told.kind) {
      case 'session':
        this.#change(told.session);
        return;
      case 'live':
        this.#live = told.live;
        for (const listener of this.#liveListeners) listener();
        return;
      case 'changed':
        for (const listener of this.#changeListeners) listener(told.changed);
        return;
      case 'event':
        this.#waiting.get(told.id)?.hear?.(told.event);
        return;
      default:
        this.#answered(told);
    }
  }

  #answered(told: Extract<Told, { kind: 'answer' | 'failure' }>): void {
    const waiting = this.#waiting.get(told.id);
    this.#waiting.delete(told.id);
    if (told.kind === 'answer') waiting?.resolve(told.value);
    else waiting?.reject(new CallError(told.failure));
  }

  #change(session: Session): void {
    this.#session = session;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** `extendedLifetime`: where browsers know it, a reload of the only page keeps the session. */
function openWorker(hear: (told: Told) => void): Port {
  const listener = ({ data }: MessageEvent<Told>) => hear(data);
  const options = { type: 'module', name: 'session', extendedLifetime: true } as const;
  if (typeof SharedWorker === 'undefined') {
    const worker = new Worker(trustedScript(workerUrl), options);
    worker.onmessage = listener;
    return worker;
  }
  const { port } = new SharedWorker(trustedScript(workerUrl), options);
  port.onmessage = listener;
  return port;
}
