import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
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

  private constructor(store: Store) {
    this.store = store;
    this.ledger = new Ledger({
      store,
      types: ec2Records,
      onFailed: ({ error }) => {
        throw error;
      },
    });
    const runtime = { ledger: this.ledger, random: new SystemRandom(), instanceTypes: builtInTypes };
    this.service = { ...createEc2(runtime), operations: { ...unbuiltOperations, ...ec2Operations(runtime) } };
  }

  static async open(): Promise<Ec2Bench> {
    return new Ec2Bench(await withLead(openMemoryStore({ random: new SystemRandom() })));
  }

  /** Calls an operation as the gateway does. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  async call(name: Ec2OperationName, input: object, context: Partial<RequestContext> = {}): Promise<any> {
    const operation = this.service.operations[name] as Operation;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.store.settled());
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
