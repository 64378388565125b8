import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Invoke } from '../../core/invoke.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { Vault } from '../../vault/index.ts';
import { ssmRecords } from './records.ts';
import { createSsm, type SsmOperationName } from './service.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

const failed = (error: unknown): never => {
  throw error;
};

/** Parameter Store on a memory store and a vault of its own. `invoke` answers for Secrets Manager. */
export class SsmBench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly service: ServiceDefinition<SsmOperationName>;
  readonly #directory: string;

  private constructor(store: Store, vault: Vault, directory: string, invoke: Invoke) {
    this.store = store;
    this.vault = vault;
    this.#directory = directory;
    this.ledger = new Ledger({ store, types: ssmRecords, onFailed: ({ error }) => failed(error) });
    this.service = createSsm({ ledger: this.ledger, vault, invoke });
  }

  static async open(invoke: Invoke = async () => failed(new Error('nothing else is served'))): Promise<SsmBench> {
    const directory = mkdtempSync(join(tmpdir(), 'ssm-'));
    const vault = new Vault({ directory, clock: new ManualClock(), random: new SystemRandom() });
    await vault.makeFirstKey();
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    return new SsmBench(store, vault, directory, invoke);
  }

  /** Calls an operation as the gateway does. */
  async call<Output = Readonly<Record<string, unknown>>>(
    name: SsmOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.operations[name] as Operation<unknown, Output>;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.store.settled());
  }

  /** A parameter of type String, unless told otherwise. */
  put(Name: string, Value: string, more: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.call('PutParameter', { Name, Value, Type: 'String', ...more });
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
