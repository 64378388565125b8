import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { Vault } from '../../vault/index.ts';
import { iamRecords } from './records.ts';
import { createIam, type IamOperationName, type IamService } from './service.ts';
import type { RoleUses } from './service-linked-roles.ts';

export const account = '123456789012' as AccountId;
export const scope = { account, region: 'us-east-1' as Region };

const failed = (error: unknown): never => {
  throw error;
};

/** IAM on a memory store and a vault of its own. */
export class IamBench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly vault: Vault;
  readonly #directory: string;
  ledger: Ledger;
  service: IamService;
  /** What service-linked roles are in use by. */
  roleUses: RoleUses = () => [];

  private constructor(store: Store, vault: Vault, directory: string) {
    this.store = store;
    this.vault = vault;
    this.#directory = directory;
    this.ledger = this.#newLedger();
    this.service = this.#create();
  }

  static async open(): Promise<IamBench> {
    const directory = mkdtempSync(join(tmpdir(), 'iam-'));
    const vault = new Vault({ directory, clock: new ManualClock(), random: new SystemRandom() });
    await vault.makeFirstKey();
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    return new IamBench(store, vault, directory);
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.ledger = this.#newLedger();
    await this.ledger.fill((await this.store.load()).records);
    this.service = this.#create();
  }

  /** Calls an operation as the gateway does. */
  async call<Output = Readonly<Record<string, unknown>>>(
    name: IamOperationName,
    input: object = {},
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const declared = this.service.definition.operations[name];
    assert.equal(declared.kind, 'late', name);
    const operation = (await declared.load()) as Operation<unknown, Output>;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.store.settled());
  }

  /** All that are built, read. */
  async operations(): Promise<Readonly<Record<string, Operation>>> {
    const read: Record<string, Operation> = {};
    for (const [name, operation] of Object.entries(this.service.definition.operations)) {
      if (operation.kind === 'late') read[name] = await operation.load();
    }
    return read;
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #newLedger(): Ledger {
    return new Ledger({ store: this.store, types: iamRecords, onFailed: ({ error }) => failed(error) });
  }

  #create(): IamService {
    const { ledger, clock, vault } = this;
    return createIam({
      ledger,
      clock,
      vault,
      random: new SystemRandom(),
      roleUses: (...role) => this.roleUses(...role),
    });
  }
}

/** A policy of these statements. */
export function document(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** What allows an action on everything. */
export function allowing(Action: string): string {
  return document({ Effect: 'Allow', Action, Resource: '*' });
}

/** A trust policy for an account. */
export const trusting = document({
  Effect: 'Allow',
  Principal: { AWS: account },
  Action: 'sts:AssumeRole',
});

/** What a refusal says, for `assert.rejects`. */
export function refusal(code: string, message: string | RegExp) {
  return (error: { readonly code?: string; readonly message: string }) => {
    assert.equal(error.code, code, error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}
