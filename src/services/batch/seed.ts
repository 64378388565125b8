import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import { uuidV7 } from '../../core/random.ts';
import type { EngineKind } from '../../engines/index.ts';
import type { ComputeEnvironmentRecord, JobQueueRecord, Ledger } from '../../store/index.ts';
import { computeEnvironmentArn, jobQueueArn } from './names.ts';
import { ecsClusterArn, healthyEnvironment, healthyQueue } from './resources/records.ts';
import { serviceLinkedRoleArn } from './resources/service-role.ts';
import type { Yard } from './yard/index.ts';

const seededSetting = 'batch.region-seeded';
/** What a new region has of each, so that a first job needs nothing but a definition. */
const seedName = 'default';
const seedMaxvCpus = 256;

export interface RegionsOptions {
  readonly ledger: Ledger;
  readonly yard: Yard;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly engine: EngineKind;
}

/**
 * Brings a region to life on its first use: a compute environment and a queue, both named `default`. A setting says
 * that it was done, so that once deleted they stay deleted.
 */
export class Regions {
  readonly #options: RegionsOptions;
  readonly #alive = new Map<string, Set<string>>();

  constructor(options: RegionsOptions) {
    this.#options = options;
  }

  /** Cheap once the region has been seen. */
  ensure(scope: Scope): void {
    const regions = this.#alive.get(scope.account);
    if (regions?.has(scope.region)) return;
    this.#seed({ account: scope.account, region: scope.region });
    if (regions) regions.add(scope.region);
    else this.#alive.set(scope.account, new Set([scope.region]));
  }

  /** After memory was rebuilt: a seeding may never have become durable. */
  forget(): void {
    this.#alive.clear();
  }

  #seed(scope: Scope): void {
    const { ledger, yard, clock } = this.#options;
    if (ledger.get('setting', scope, seededSetting)) return;
    const environment = this.#environment(scope);
    const { createdAt } = environment;
    ledger.transact((transaction) => {
      transaction.put({ ...scope, formatVersion: 1, type: 'setting', name: seededSetting, value: clock.now() });
      if (!ledger.get('computeEnvironment', scope, seedName)) transaction.put(environment);
      if (!ledger.get('jobQueue', scope, seedName)) transaction.put(defaultQueue(scope, environment.arn, createdAt));
      yard.resourcesChanged(transaction);
    });
  }

  #environment(scope: Scope): ComputeEnvironmentRecord {
    const { clock, random, engine } = this.#options;
    const createdAt = clock.now();
    const uuid = uuidV7(createdAt, random);
    return {
      ...scope,
      formatVersion: 1,
      type: 'computeEnvironment',
      name: seedName,
      uuid,
      arn: computeEnvironmentArn(scope, seedName),
      ecsClusterArn: ecsClusterArn(scope, seedName, uuid),
      kind: 'MANAGED',
      state: 'ENABLED',
      ...healthyEnvironment,
      serviceRole: serviceLinkedRoleArn(scope),
      computeResources: {
        type: 'EC2',
        minvCpus: 0,
        maxvCpus: seedMaxvCpus,
        desiredvCpus: 0,
        instanceTypes: ['optimal'],
        subnets: [],
        securityGroupIds: [],
      },
      engine,
      tags: {},
      createdAt,
    };
  }
}

function defaultQueue(scope: Scope, environmentArn: string, createdAt: number): JobQueueRecord {
  return {
    ...scope,
    formatVersion: 1,
    type: 'jobQueue',
    name: seedName,
    arn: jobQueueArn(scope, seedName),
    state: 'ENABLED',
    ...healthyQueue,
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environmentArn }],
    jobStateTimeLimitActions: [],
    tags: {},
    createdAt,
  };
}
