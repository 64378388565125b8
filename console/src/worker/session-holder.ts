import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';
import type { Question, Session, SessionState } from './messages.ts';
import type { Sender, Sent } from './send.ts';

interface Held {
  readonly credentials: Credentials;
  readonly state: SessionState;
}

/** What CreateConsoleSession answers. */
interface GrantedSession {
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  /** Milliseconds since 1970. */
  readonly expiration: number;
  readonly arn: string;
  readonly account: string;
}

/** Holds the credentials of the session, and signs with them for every page. No page ever sees them. */
export class SessionHolder {
  readonly #sender: Sender;
  readonly #changed: (session: Session) => void;
  #held: Held | undefined;
  #session: Session = { kind: 'signed-out' };
  /** Ends the streams of this session with it. */
  #ended = new AbortController();

  constructor(sender: Sender, changed: (session: Session) => void) {
    this.#sender = sender;
    this.#changed = changed;
  }

  get session(): Session {
    return this.#session;
  }

  answer(question: Exclude<Question, { kind: 'leave' | 'stream' | 'stop' }>): Promise<Sent> | Sent {
    switch (question.kind) {
      case 'session':
        return value(this.#session);
      case 'sign-in':
        return this.#signIn(question.credentials, question.region);
      case 'sign-out':
        this.#leave({ kind: 'signed-out' });
        return value(this.#session);
      case 'region':
        return this.#moveTo(question.region);
      case 'call':
        return this.#call(question.call);
    }
  }

  /** The key that was typed in is dropped with the answer. */
  async #signIn(credentials: Credentials, region: string): Promise<Sent> {
    const call = { service: 'batchyard', operation: 'CreateConsoleSession', input: {} } as const;
    const sent = await this.#sender.send(call, region, credentials);
    if (sent.kind === 'failure') return sent;
    const granted = sent.value as GrantedSession;
    const { arn, account, expiration } = granted;
    this.#enter({ credentials: granted.credentials, state: { kind: 'signed-in', arn, account, region, expiration } });
    return value(this.#session);
  }

  #moveTo(region: string): Sent {
    if (this.#held) this.#enter({ ...this.#held, state: { ...this.#held.state, region } });
    return value(this.#session);
  }

  /** Tells each event of an answer that goes on, until `signal` or the end of the session. */
  async stream(call: Call, signal: AbortSignal, tell: (event: StreamedEvent) => void): Promise<Sent> {
    const held = this.#current();
    if (!held) return signedOut;
    const { credentials, state } = held;
    const ends = AbortSignal.any([signal, this.#ended.signal]);
    return this.#sender.stream(call, { region: state.region, credentials, signal: ends }, tell);
  }

  async #call(call: Call): Promise<Sent> {
    const held = this.#current();
    if (!held) return signedOut;
    return this.#sender.send(call, held.state.region, held.credentials);
  }

  /** What is signed with, unless nobody is signed in or the session is over. */
  #current(): Held | undefined {
    const held = this.#held;
    if (!held || this.#sender.now() < held.state.expiration) return held;
    this.#leave({ kind: 'signed-out', why: 'expired' });
    return undefined;
  }

  #enter(held: Held): void {
    this.#held = held;
    this.#change(held.state);
  }

  #leave(session: Session): void {
    this.#held = undefined;
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#change(session);
  }

  #change(session: Session): void {
    this.#session = session;
    this.#changed(session);
  }
}

function value(of: unknown): Sent {
  return { kind: 'value', value: of };
}

const signedOut: Sent = {
  kind: 'failure',
  failure: { code: 'SignedOut', message: 'Nobody is signed in.', status: 403 },
};
