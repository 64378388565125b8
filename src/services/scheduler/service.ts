import { scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { ServiceDefinition } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Authority } from '../../iam/index.ts';
import type { DueWork, Ledger, Transaction } from '../../store/index.ts';
import { type SchedulerOperationName, schedulerBindings } from './bindings.ts';
import { ClientTokens } from './client-tokens.ts';
import { Deliverer, type Invoke, TargetCaller } from './deliveries/index.ts';
import { type Fired, Firing, type MissedSlots } from './firing/index.ts';
import { GroupRemoval } from './group-removal.ts';
import { createScheduleGroup, deleteScheduleGroup, getScheduleGroup, listScheduleGroups } from './operations/groups.ts';
import { getSchedule, listSchedules } from './operations/schedule-reads.ts';
import { createSchedule, deleteSchedule, updateSchedule } from './operations/schedules.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import type { SchedulerRuntime } from './runtime.ts';
import type { ApiDirectory } from './targets/index.ts';

export interface SchedulerOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly authority: Authority;
  readonly invoke: Invoke;
  /** What universal targets can name. */
  readonly apis: ApiDirectory;
  /** What addresses of this server begin with. */
  readonly baseUrl: () => string;
  /** What becomes of slots that nobody was there for. */
  readonly missed: MissedSlots;
}

/** Amazon EventBridge Scheduler. Schedules fire, and targets are called, while due work is open. */
export function createScheduler(options: SchedulerOptions): ServiceDefinition<SchedulerOperationName> {
  const { ledger, due, clock, random, logger, authority, invoke, apis, missed } = options;
  const baseUrl = () => options.baseUrl().replace(/\/+$/, '');
  const caller = new TargetCaller({ invoke, clock, random, apis, baseUrl });
  const deliverer = new Deliverer({ ledger, due, clock, random, logger, caller });
  const fire = (transaction: Transaction, { schedule, slot, isLast }: Fired) => {
    const { group, name, createdAt: madeAt, target, deletesItself } = schedule;
    const outlives = isLast && deletesItself ? { isLast: true as const } : {};
    const invocation = { ...scopeOf(schedule), group, name, madeAt, slot, firstAt: clock.now(), target, ...outlives };
    deliverer.add(transaction, invocation);
  };
  const hasRoom = deliverer.hasRoom.bind(deliverer);
  const firing = new Firing({ ledger, due, clock, random, logger, missed, hasRoom, fire });
  const removal = new GroupRemoval({ ledger, due, clock, firing });
  const tokens = new ClientTokens({ ledger, clock });
  return define({ ledger, clock, authority, firing, removal, tokens, apis });
}

function define(runtime: SchedulerRuntime): ServiceDefinition<SchedulerOperationName> {
  return {
    name: 'scheduler',
    apiVersion: '2021-06-30',
    protocol: { kind: 'restJson1', bindings: schedulerBindings },
    errors: { validation: 'ValidationException', internal: 'InternalServerException' },
    operations: {
      CreateSchedule: createSchedule(runtime),
      CreateScheduleGroup: createScheduleGroup(runtime),
      DeleteSchedule: deleteSchedule(runtime),
      DeleteScheduleGroup: deleteScheduleGroup(runtime),
      GetSchedule: getSchedule(runtime),
      GetScheduleGroup: getScheduleGroup(runtime),
      ListScheduleGroups: listScheduleGroups(runtime),
      ListSchedules: listSchedules(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      TagResource: tagResource(runtime),
      UntagResource: untagResource(runtime),
      UpdateSchedule: updateSchedule(runtime),
    },
  };
}
