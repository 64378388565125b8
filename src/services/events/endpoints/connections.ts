import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { DueItem, DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../../store/index.ts';
import { KeysUnavailable, ValueUnreadable, type Vault } from '../../../vault/index.ts';
import { connectionArn } from '../names.ts';
import { type Authorization, fromSecretText, type Proof, toSecretText } from './authorization.ts';
import type { HttpAnswer, SendHttp } from './http-client.ts';
import { tokenRequest } from './invocation.ts';
import { type ConnectionRecord, connectionRecords, placeOfConnection } from './records.ts';

/** How often a token is asked for before a connection is given up, and how long between, doubled each time. */
const asking = { tries: 8, first: 1_000 } as const;
/** A token is renewed so long before it ends; one that says nothing of its end holds for an hour. */
const renewal = { before: 30_000, otherwise: 3_600_000 } as const;

export interface ConnectionsOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly send: SendHttp;
}

type OAuth = Extract<Proof, { type: 'OAUTH_CLIENT_CREDENTIALS' }>;

/** Why no token came. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
  /** Whether asking again could help. */
  readonly mayCome: boolean;

  constructor(message: string, mayCome: boolean) {
    super(message);
    this.mayCome = mayCome;
  }
}

interface Token {
  readonly text: string;
  readonly until: EpochMilliseconds;
}

/** Connections, what they have sealed, and the tokens that they get for it. Tokens are in memory only. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #kind: DueKind<{ readonly tries: number }>;
  readonly #tokens = new Map<string, Token>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#kind = { kind: 'eventsConnection', atOnce: 10, perform: (item, signal) => this.#authorize(item, signal) };
    options.due.register(this.#kind);
  }

  find(scope: Scope, name: string): ConnectionRecord | undefined {
    return this.#options.ledger.get(connectionRecords, scopeOf(scope), name);
  }

  /** Seals what a connection has. Throws `InternalException`, which says what is wrong with the keys. */
  seal(connection: Pick<ConnectionRecord, 'name' | 'id'> & Scope, authorization: Authorization): string {
    try {
      return this.#options.vault.seal(toSecretText(authorization), placeOfConnection(connection));
    } catch (error) {
      if (error instanceof KeysUnavailable) throw new ServiceError('InternalException', error.message, { status: 500 });
      throw error;
    }
  }

  /** Throws `InternalException` where it does not open. */
  open(connection: ConnectionRecord): Authorization {
    try {
      return fromSecretText(this.#options.vault.open(connection.sealed, placeOfConnection(connection)));
    } catch (error) {
      if (!(error instanceof ValueUnreadable)) throw error;
      throw new ServiceError('InternalException', `The connection cannot be read: ${error.message}`, { status: 500 });
    }
  }

  /** One of OAuth is authorized a moment later: its token is asked for. */
  put(transaction: Transaction, connection: ConnectionRecord): void {
    const { due, clock } = this.#options;
    transaction.put(connectionRecords, connection);
    const key = keyOf(connection);
    if (connection.state !== 'AUTHORIZING') due.delete(transaction, this.#kind, key);
    else due.put(transaction, this.#kind, { key, dueAt: clock.now(), body: { tries: 0 } });
    transaction.onAccepted(() => this.#tokens.delete(connectionArn(connection, connection)));
  }

  delete(transaction: Transaction, connection: ConnectionRecord): void {
    transaction.delete(connectionRecords, connection, connection.name);
    this.#options.due.delete(transaction, this.#kind, keyOf(connection));
    transaction.onAccepted(() => this.#tokens.delete(connectionArn(connection, connection)));
  }

  /** The token of a connection of OAuth: the one that is known, or a new one. Rejects with `NoToken`. */
  async tokenOf(connection: ConnectionRecord, proof: OAuth, signal: AbortSignal): Promise<string> {
    const arn = connectionArn(connection, connection);
    const known = this.#tokens.get(arn);
    if (known && known.until > this.#options.clock.now()) return known.text;
    const token = await this.#ask(proof, signal);
    // It may have been changed meanwhile: then this one is used once.
    if (this.find(connection, connection.name) === connection) this.#tokens.set(arn, token);
    return token.text;
  }

  /** An endpoint would not take the token: the next request has another. */
  dropToken(connection: ConnectionRecord): void {
    this.#tokens.delete(connectionArn(connection, connection));
  }

  async #authorize(
    { key, body: { tries } }: DueItem<{ readonly tries: number }>,
    signal: AbortSignal,
  ): Promise<DueOutcome<{ readonly tries: number }>> {
    const [account, region, name = ''] = key.split(' ');
    const connection = this.find({ account, region } as Scope, name);
    if (connection?.state !== 'AUTHORIZING') return { kind: 'done' };
    const { proof } = this.open(connection);
    if (proof?.type !== 'OAUTH_CLIENT_CREDENTIALS') return { kind: 'done' };
    const now = () => this.#options.clock.now();
    try {
      await this.tokenOf(connection, proof, signal);
      return { kind: 'done', consequence: this.#become(connection, { state: 'AUTHORIZED', authorizedAt: now() }) };
    } catch (error) {
      if (!(error instanceof NoToken)) throw error;
      if (error.mayCome && tries + 1 < asking.tries) {
        return { kind: 'again', at: now() + asking.first * 2 ** tries, body: { tries: tries + 1 } };
      }
      const stateReason = error.message;
      return { kind: 'done', consequence: this.#become(connection, { state: 'DEAUTHORIZED', stateReason }) };
    }
  }

  #become(connection: ConnectionRecord, changes: Partial<ConnectionRecord>): (transaction: Transaction) => void {
    return (transaction) => {
      if (this.find(connection, connection.name) !== connection) return;
      const { stateReason: _reason, ...rest } = connection;
      const token = this.#tokens.get(connectionArn(connection, connection));
      const changed = { ...rest, ...changes };
      transaction.put(connectionRecords, changed);
      if (token) transaction.onAccepted(() => this.#tokens.set(connectionArn(changed, changed), token));
    };
  }

  async #ask(proof: OAuth, signal: AbortSignal): Promise<Token> {
    const { send, clock } = this.#options;
    let answer: HttpAnswer;
    try {
      answer = await send(tokenRequest(proof), { body: true }, signal);
    } catch (error) {
      throw new NoToken(error instanceof Error ? error.message || error.name : String(error), true);
    }
    const { status, body } = answer;
    if (status < 200 || status >= 300) {
      const mayCome = status >= 500 || status === 429;
      throw new NoToken(`The authorization endpoint answered ${status}.`, mayCome);
    }
    const found = tokenIn(body);
    if (!found) throw new NoToken('The authorization endpoint answered no access_token.', false);
    const holds = found.expiresIn === undefined ? renewal.otherwise : found.expiresIn * 1000 - renewal.before;
    return { text: found.token, until: clock.now() + holds };
  }
}

function tokenIn(body: string): { readonly token: string; readonly expiresIn: number | undefined } | undefined {
  try {
    const { access_token: token, expires_in: given } = (JSON.parse(body) ?? {}) as Readonly<Record<string, unknown>>;
    const expiresIn = Number(given);
    if (typeof token !== 'string' || token === '') return undefined;
    return { token, expiresIn: Number.isFinite(expiresIn) && given !== null ? expiresIn : undefined };
  } catch {
    return undefined;
  }
}

function keyOf({ account, region, name }: ConnectionRecord): string {
  return `${account} ${region} ${name}`;
}
