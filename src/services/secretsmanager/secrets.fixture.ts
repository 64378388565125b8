import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { DueWork, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { Vault } from '../../vault/index.ts';
import { secretsManagerRecords } from './records.ts';
import { createSecretsManager, type SecretsManagerOperationName } from './service.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

const failed = (error: unknown): never => {
  throw error;
};

/** Secrets Manager on a memory store and a vault of its own. */
export class SecretsBench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly vault: Vault;
  readonly #directory: string;
  ledger: Ledger;
  due: DueWork;
  service: ServiceDefinition<SecretsManagerOperationName>;
  #tokens = 0;

  private constructor(store: Store, vault: Vault, directory: string) {
    this.store = store;
    this.vault = vault;
    this.#directory = directory;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
    this.due.open();
  }

  static async open(): Promise<SecretsBench> {
    const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    const vault = new Vault({ directory, clock: new ManualClock(), random: new SystemRandom() });
    await vault.makeFirstKey();
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    return new SecretsBench(store, vault, directory);
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.due.pause();
    this.ledger = this.#newLedger();
    await this.ledger.fill((await this.store.load()).records);
    this.due = this.#newDue();
    this.service = this.#create();
    this.due.open();
  }

  /** Calls an operation as the gateway does, with a token of its own as SDKs make it unless the input has one. */
  async call<Output = Readonly<Record<string, unknown>>>(
    name: SecretsManagerOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.operations[name] as Operation<unknown, Output>;
    const given = takesToken.has(name) ? { ClientRequestToken: this.newToken(), ...input } : input;
    return callOperation(operation, given, { ...this.context(), ...context }, () => this.settle());
  }

  newToken(): string {
    this.#tokens += 1;
    return `token-${String(this.#tokens).padStart(30, '0')}`;
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  /** Waits until what has been changed is durable and its effects have begun. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await this.store.settled();
      await nextTurn();
    }
  }

  /** Lets time go by. */
  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.due.pause();
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #newLedger(): Ledger {
    return new Ledger({ store: this.store, types: secretsManagerRecords, onFailed: ({ error }) => failed(error) });
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: silentLogger });
  }

  #create() {
    const { ledger, due, clock, vault } = this;
    return createSecretsManager({ ledger, due, clock, vault, random: new SystemRandom() });
  }
}

const takesToken: ReadonlySet<string> = new Set(['CreateSecret', 'PutSecretValue', 'UpdateSecret']);

/** What answers tell of a secret or a version. */
export interface Answer {
  readonly ARN: string;
  readonly Name: string;
  readonly VersionId: string;
  readonly VersionStages: readonly string[];
  readonly SecretString?: string;
  readonly SecretBinary?: Uint8Array;
}

/** Makes a secret with a version. */
export async function secretOf(bench: SecretsBench, Name = 'app/db', SecretString = 'v1'): Promise<Answer> {
  return bench.call<Answer>('CreateSecret', { Name, SecretString });
}

/** What a refusal says, for `assert.rejects`. */
export function refusal(code: string, message: string | RegExp) {
  return (error: { readonly code?: string; readonly message: string }) => {
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}
