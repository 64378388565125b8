import { type Scope, scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import { ScopeMap } from '../../core/scope-map.ts';
import type { EngineKind } from '../../engines/index.ts';
import type { FactLog, Ledger } from '../../store/index.ts';
import { computeEnvironmentArn, ecsClusterArn, jobQueueArn } from './names.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  healthyEnvironment,
  healthyQueue,
  type JobQueueRecord,
  jobQueueRecords,
  seededRegionRecords,
} from './records.ts';
import { tellOfEnvironment } from './resources/environment-facts.ts';
import { serviceLinkedRoleArn } from './resources/roles.ts';
import type { Yard } from './yard/index.ts';

/** What a new region has of each, so that a first job needs nothing but a definition. */
const seedName = 'default';
const seedMaxvCpus = 256;

export interface RegionsOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly yard: Yard;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly engine: EngineKind;
}

/**
 * Brings a region to life on its first use: a compute environment and a queue, both named `default`. A record says
 * that it was done, so that once deleted they stay deleted.
 */
export class Regions {
  readonly #options: RegionsOptions;
  readonly #alive = new ScopeMap<true>();

  constructor(options: RegionsOptions) {
    this.#options = options;
  }

  /** Cheap once the region has been seen. */
  ensure(scope: Scope): void {
    if (this.#alive.get(scope)) return;
    this.#seed(scopeOf(scope));
    this.#alive.set(scope, true);
  }

  /** After memory was rebuilt: a seeding may never have become durable. */
  forget(): void {
    this.#alive.clear();
  }

  #seed(scope: Scope): void {
    const { ledger, facts, yard, clock } = this.#options;
    if (ledger.get(seededRegionRecords, scope)) return;
    const environment = this.#environment(scope);
    const { createdAt } = environment;
    ledger.transact((transaction) => {
      transaction.put(seededRegionRecords, { ...scope, at: clock.now() });
      if (!ledger.get(computeEnvironmentRecords, scope, seedName)) {
        transaction.put(computeEnvironmentRecords, environment);
        tellOfEnvironment(facts, transaction, { after: environment, at: createdAt });
      }
      if (!ledger.get(jobQueueRecords, scope, seedName))
        transaction.put(jobQueueRecords, defaultQueue(scope, environment.arn, createdAt));
      yard.resourcesChanged(transaction);
    });
  }

  #environment(scope: Scope): ComputeEnvironmentRecord {
    const { clock, random, engine } = this.#options;
    const createdAt = clock.now();
    const uuid = uuidV7(createdAt, random);
    return {
      ...scope,
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
