import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Turns } from '../../core/turns.ts';
import type { EngineImages, EngineKind, EngineStatus } from '../../engines/index.ts';
import type { InstanceTypes } from '../../instance-types/index.ts';
import type { DueWork, FactLog, Ledger, Store } from '../../store/index.ts';
import type { CommandSessions } from './commands/sessions.ts';
import type { DefinitionCompiler } from './definition/compile.ts';
import type { Idempotency } from './idempotency.ts';
import type { LatestRevisions } from './names.ts';
import type { BatchQuotas, RateLimit } from './quotas.ts';
import type { Regions } from './regions.ts';
import type { AccountRoles } from './resources/account-roles.ts';
import type { FindSubnet } from './resources/launch-setup.ts';
import type { FindTemplate } from './resources/launch-template.ts';
import type { ResourceSettling } from './resources/settling.ts';
import type { ServiceHeads } from './service-jobs/heads.ts';
import type { Yard } from './yard/index.ts';

/** Which engine an environment gets when it is created. */
export interface EngineChoice {
  readonly default: EngineKind;
  /** What the tag `batchyard:engine` may ask for. */
  readonly enabled: readonly EngineKind[];
}

/** Facts of the installation, for `DescribeInstallation`. */
export interface Installation {
  readonly version: string;
  /** What becomes of launched instances by themselves. */
  readonly instanceTiming: { readonly bootDelay?: Milliseconds; readonly interruptionSeed?: number };
  describeEngines(): Promise<readonly EngineStatus[]>;
  /** The images of process jobs; undefined where no engine of this server keeps any. Throws `EngineUnavailable`. */
  images(): EngineImages | undefined;
  /** Writes a backup to a new directory. Answers what that lacks, or why there is none, in words. */
  backUp(directory: string): Promise<{ readonly lacks: readonly string[] } | { readonly refusal: string }>;
}

/** What the service is given. */
export interface BatchServiceOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly due: DueWork;
  readonly store: Store;
  readonly yard: Yard;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly engines: EngineChoice;
  readonly quotas: BatchQuotas;
  readonly instanceTypes: () => InstanceTypes;
  /** Of EC2's launch templates. */
  readonly findTemplate: FindTemplate;
  /** Where the subnets are that EC2 has here. */
  readonly findSubnet: FindSubnet;
  readonly roles: AccountRoles;
  /** How long an attempt on Fargate may run. Absent: as long as it likes. */
  readonly fargateRun?: Milliseconds;
  readonly logger: Logger;
  readonly installation: Installation;
  /** Changes of one job's tags, or of anything of one service job; and what deletes either. */
  readonly jobTurns: Turns;
}

/** What an operation works with. */
export interface BatchRuntime extends BatchServiceOptions {
  readonly regions: Regions;
  readonly settling: ResourceSettling;
  /** What stands at the front of queues of service jobs. */
  readonly serviceHeads: ServiceHeads;
  readonly definitions: DefinitionCompiler;
  readonly latestRevisions: LatestRevisions;
  readonly idempotency: Idempotency;
  readonly submitRate: RateLimit;
  /** Commands that run in jobs. */
  readonly commands: CommandSessions;
}
