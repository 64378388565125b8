import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { LaunchedInstance, LaunchedInstances } from '../../core/launched-instances.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { builtInTypes } from '../../instance-types/index.ts';
import { Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { ec2Operations } from './operations/index.ts';
import { ec2Records } from './records.ts';
import { createEc2, type Ec2OperationName } from './service.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

/** EC2 on a memory store. */
export class Ec2Bench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly ledger: Ledger;
  readonly service: ServiceDefinition<Ec2OperationName>;
  readonly #instances = new Map<string, LaunchedInstance>();

  private constructor(store: Store) {
    this.store = store;
    this.ledger = new Ledger({
      store,
      types: ec2Records,
      onFailed: ({ error }) => {
        throw error;
      },
    });
    const runtime = {
      ledger: this.ledger,
      random: new SystemRandom(),
      instanceTypes: builtInTypes,
      instances: this.#launched(),
    };
    this.service = { ...createEc2(runtime), operations: { ...unbuiltOperations, ...ec2Operations(runtime) } };
  }

  /** `instances`: those that there are. */
  static async open(instances: readonly LaunchedInstance[] = []): Promise<Ec2Bench> {
    const bench = new Ec2Bench(await withLead(openMemoryStore({ random: new SystemRandom() })));
    bench.launch(...instances);
    return bench;
  }

  /** Calls an operation as the gateway does. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  async call(name: Ec2OperationName, input: object, context: Partial<RequestContext> = {}): Promise<any> {
    const operation = this.service.operations[name] as Operation;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.store.settled());
  }

  /** Lets there be instances. */
  launch(...instances: readonly LaunchedInstance[]): void {
    for (const instance of instances) this.#instances.set(instance.id, instance);
  }

  #launched(): LaunchedInstances {
    const all = this.#instances;
    return {
      get: (_scope, id) => all.get(id),
      after: (_scope, after = '') =>
        [...all.keys()]
          .filter((id) => id > after)
          .sort()
          .flatMap((id) => all.get(id) ?? []),
      userDataOf: (_scope, id) => (all.has(id) ? Buffer.from(`boot ${id}`).toString('base64') : undefined),
    };
  }

  /** A VPC of 10.0.0.0/16, unless told otherwise. */
  async vpc(more: object = {}): Promise<string> {
    const { Vpc } = await this.call('CreateVpc', { CidrBlock: '10.0.0.0/16', ...more });
    return Vpc.VpcId;
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}
