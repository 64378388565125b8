import { CallError } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';
import type { Question, Session, SessionState } from './messages.ts';
import type { CallSender, Sent } from './sent.ts';

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

/** What AssumeRole answers, as it is read from XML. */
interface AssumedRole {
  readonly Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: string };
  readonly AssumedRoleUser: { readonly Arn: string };
}

/** Holds the credentials of the session, and signs with them for every page. No page ever sees them. */
export class SessionHolder {
  readonly #sender: CallSender;
  readonly #changed: (session: Session) => void;
  #held: Held | undefined;
  /** Of who switched to a role, for the way back. */
  #own: Held | undefined;
  #session: Session = { kind: 'signed-out' };
  /** Ends the streams of this session with it. */
  #ended = new AbortController();

  constructor(sender: CallSender, changed: (session: Session) => void) {
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
      case 'redeem':
        return this.#redeem(question.token, question.region);
      case 'switch-role':
        return this.#switchRole(question.roleArn);
      case 'leave-role':
        if (this.#own) this.#enter(this.#own);
        return value(this.#session);
      case 'call':
        return this.#call(question.call, question.region);
    }
  }

  /** The key that was typed in is dropped with the answer. */
  async #signIn(credentials: Credentials, region: string): Promise<Sent> {
    const call = { service: 'batchyard', operation: 'CreateConsoleSession', input: {} } as const;
    return this.#begin(await this.#sender.send(call, region, credentials), region);
  }

  /** Nobody signs this call: the token, which is spent by it, says whose it is. */
  async #redeem(token: string, region: string): Promise<Sent> {
    const call = { service: 'batchyard', operation: 'RedeemConsoleLink', input: { token } } as const;
    return this.#begin(await this.#sender.send(call, region, undefined), region);
  }

  #begin(sent: Sent, region: string): Sent {
    if (sent.kind === 'failure') return sent;
    const { credentials, arn, account, expiration } = sent.value as GrantedSession;
    this.#own = undefined;
    this.#enter({ credentials, state: { kind: 'signed-in', arn, account, region, expiration } });
    return value(this.#session);
  }

  /** From the own session, whichever role is played now: roles are not chained. */
  async #switchRole(roleArn: string): Promise<Sent> {
    const own = this.#own ?? this.#held;
    if (!own) return signedOut;
    const { region, account, arn: switchedFrom } = own.state;
    const input = { RoleArn: roleArn, RoleSessionName: sessionNameOf(switchedFrom) };
    const sent = await this.#sender.send({ service: 'sts', operation: 'AssumeRole', input }, region, own.credentials);
    if (sent.kind === 'failure') return sent;
    // Who signed out, or in as somebody else, meanwhile plays nothing.
    if ((this.#own ?? this.#held) !== own) return signedOut;
    const { Credentials: given, AssumedRoleUser } = sent.value as AssumedRole;
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given;
    const expiration = Date.parse(given.Expiration);
    const state = { kind: 'signed-in', arn: AssumedRoleUser.Arn, account, region, expiration, switchedFrom } as const;
    this.#own = own;
    this.#enter({ credentials: { accessKeyId, secretAccessKey, sessionToken }, state });
    return value(this.#session);
  }

  /** Tells each event of an answer that goes on, until `signal` or the end of the session. */
  async stream(
    call: Call,
    region: string | undefined,
    signal: AbortSignal,
    tell: (event: StreamedEvent) => void,
  ): Promise<Sent> {
    const held = this.#held;
    if (!held) return signedOut;
    const { credentials, state } = held;
    if (this.#sender.now() >= state.expiration) return this.#end(held, signedOut);
    const ends = AbortSignal.any([signal, this.#ended.signal]);
    const sent = await this.#sender.stream(call, { region: region ?? state.region, credentials, signal: ends }, tell);
    return this.#isOver(sent) ? this.#end(held, sent) : sent;
  }

  async #call(call: Call, region: string | undefined): Promise<Sent> {
    const held = this.#held;
    if (!held) return signedOut;
    if (this.#sender.now() >= held.state.expiration) return this.#end(held, signedOut);
    const sent = await this.#sender.send(call, region ?? held.state.region, held.credentials);
    return this.#isOver(sent) ? this.#end(held, sent) : sent;
  }

  /** The server no longer knows the session. */
  #isOver(sent: Sent): boolean {
    return sent.kind === 'failure' && new CallError(sent.failure).signedOut;
  }

  /** What is over goes, unless something else has begun meanwhile: of a role one comes back to oneself. */
  #end(held: Held, sent: Sent): Sent {
    if (this.#held !== held) return sent;
    if (this.#own && this.#own !== held) this.#enter(this.#own);
    else this.#leave({ kind: 'signed-out', why: 'expired' });
    return sent;
  }

  #enter(held: Held): void {
    this.#endStreams();
    this.#held = held;
    if (this.#own === held) this.#own = undefined;
    this.#change(held.state);
  }

  #leave(session: Session): void {
    this.#held = undefined;
    this.#own = undefined;
    this.#endStreams();
    this.#change(session);
  }

  #endStreams(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
  }

  #change(session: Session): void {
    this.#session = session;
    this.#changed(session);
  }
}

/** As STS takes it: the last part of an ARN. */
function sessionNameOf(arn: string): string {
  const name = arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1).replace(/[^\w+=,.@-]/g, '-');
  return name.slice(0, 64).padEnd(2, '-');
}

function value(of: unknown): Sent {
  return { kind: 'value', value: of };
}

const signedOut: Sent = {
  kind: 'failure',
  failure: { code: 'SignedOut', message: 'Nobody is signed in.', status: 403 },
};
