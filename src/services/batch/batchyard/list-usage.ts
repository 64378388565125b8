import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Operation } from '../../../core/operation.ts';
import type { UsageRecord, UsageSums } from '../../../core/usage.ts';
import type { StoredUsage } from '../../../store/index.ts';
import { batchyardOperation } from '../operation.ts';
import { formatToken, parseToken } from '../page.ts';
import { invalid } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { CountedTask } from '../yard/index.ts';

export type UsageKind = 'share' | 'queue' | 'user' | 'definition';

export interface ListUsageInput {
  readonly by: UsageKind;
  /** Epoch milliseconds: attempts count that ended in its hour or later. @default all that is kept */
  readonly since?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Whose usage it is: a share is one of its queue. What is absent is so of all jobs that count here: no share, nobody known. */
export interface UsageKey {
  readonly jobQueueArn?: string;
  readonly shareIdentifier?: string;
  readonly principal?: string;
  readonly jobDefinitionArn?: string;
}

/** Of what is STARTING or RUNNING, until now. */
export type RunningSums = Omit<UsageSums, 'cpuSeconds'> & { readonly vcpus: number };

export interface UsageGroup extends UsageKey {
  readonly ended: UsageSums & { readonly peakMemoryBytes: number };
  readonly running: RunningSums;
}

export interface ListUsageOutput {
  /** A part of the sums: those of all pages add up, key by key. What runs comes with the last page. */
  readonly groups: readonly UsageGroup[];
  /** When the first hour begins that was asked for. */
  readonly from: EpochMilliseconds;
  readonly nextToken?: string;
}

const tokenKind = 'ListUsage';
const hour: Milliseconds = 3_600_000;
/** Hourly sums that one call reads. */
const rowsPerPage = 1_000;

/** Adds up what jobs took: hourly sums of attempts that have ended, a page at a time, and attempts that run now. No job is read. */
export function listUsage(runtime: BatchRuntime): Operation<ListUsageInput, ListUsageOutput> {
  const { store, yard, clock } = runtime;
  return batchyardOperation<ListUsageInput, ListUsageOutput>(runtime, {
    schema: z.object({
      by: z.enum(['share', 'queue', 'user', 'definition']),
      since: z.int().min(0).optional(),
      nextToken: z.string().optional(),
    }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:ListUsage', resource: '*' }],
    handler: async ({ by, since = 0, nextToken }, { account, region }) => {
      const scope: Scope = { account, region };
      const from = Math.floor(since / hour) * hour;
      const after = nextToken === undefined ? {} : { after: readToken(nextToken) };
      const to = clock.now() + hour;
      const rows = await store.reads.usage({ scope, from, to, ...after, limit: rowsPerPage });
      const last = rows.length === rowsPerPage ? rows.at(-1) : undefined;
      const groups = new Groups(keys[by]);
      for (const row of rows) groups.addEnded(row);
      if (!last) for (const task of yard.usage.counted(scope)) groups.addTask(task, clock.now());
      return { groups: groups.all(), from, ...(last && { nextToken: tokenOf(last) }) };
    },
  });
}

type Counted = Pick<UsageRecord, 'jobQueueArn' | 'jobDefinitionArn' | 'shareIdentifier' | 'principal'>;

const keys: Readonly<Record<UsageKind, (counted: Counted) => UsageKey>> = {
  queue: ({ jobQueueArn }) => ({ jobQueueArn }),
  share: ({ jobQueueArn, shareIdentifier }) => ({
    jobQueueArn,
    ...(shareIdentifier === undefined ? {} : { shareIdentifier }),
  }),
  user: ({ principal }) => (principal === undefined ? {} : { principal }),
  definition: ({ jobDefinitionArn }) => ({ jobDefinitionArn }),
};

const took = { attempts: 0, seconds: 0, vcpuSeconds: 0, memoryMiBSeconds: 0, gpuSeconds: 0 };

type Writable<Sums> = { -readonly [Member in keyof Sums]: Sums[Member] };

interface GroupSums {
  readonly key: UsageKey;
  readonly ended: Writable<UsageGroup['ended']>;
  readonly running: Writable<RunningSums>;
}

/** Sums by key. */
class Groups {
  readonly #keyOf: (counted: Counted) => UsageKey;
  readonly #byText = new Map<string, GroupSums>();

  constructor(keyOf: (counted: Counted) => UsageKey) {
    this.#keyOf = keyOf;
  }

  all(): readonly UsageGroup[] {
    return [...this.#byText.values()].map(({ key, ended, running }) => ({ ...key, ended, running }));
  }

  addEnded(row: UsageRecord): void {
    const { ended } = this.#groupOf(row);
    addTo(ended, row);
    ended.cpuSeconds += row.cpuSeconds;
    ended.peakMemoryBytes = Math.max(ended.peakMemoryBytes, row.peakMemoryBytes);
  }

  /** One that has not started has taken no time. */
  addTask({ job, request, startedAt }: CountedTask, now: EpochMilliseconds): void {
    const { user, ...rest } = job;
    const { jobQueueArn, jobDefinitionArn, shareIdentifier } = rest;
    const share = shareIdentifier === undefined ? {} : { shareIdentifier };
    const { running } = this.#groupOf({
      ...{ jobQueueArn, jobDefinitionArn, ...share },
      ...(user === undefined ? {} : { principal: user }),
    });
    const seconds = startedAt === undefined ? 0 : Math.max(0, now - startedAt) / 1_000;
    running.vcpus += request.vcpus;
    addTo(running, {
      attempts: 1,
      seconds,
      vcpuSeconds: seconds * request.vcpus,
      memoryMiBSeconds: seconds * request.memoryMiB,
      gpuSeconds: seconds * request.gpus,
    });
  }

  #groupOf(counted: Counted): GroupSums {
    const key = this.#keyOf(counted);
    const text = JSON.stringify(key);
    const known = this.#byText.get(text);
    if (known) return known;
    const group = { key, ended: { ...took, cpuSeconds: 0, peakMemoryBytes: 0 }, running: { ...took, vcpus: 0 } };
    this.#byText.set(text, group);
    return group;
  }
}

function addTo(sums: Writable<typeof took>, by: typeof took): void {
  for (const name of Object.keys(took) as (keyof typeof took)[]) sums[name] += by[name];
}

function tokenOf({ hour: at, position }: StoredUsage): string {
  return formatToken(tokenKind, { hour: at, position });
}

function readToken(token: string): Pick<StoredUsage, 'hour' | 'position'> {
  const { hour: at, position } = parseToken(tokenKind, token);
  if (Number.isSafeInteger(at) && Number.isSafeInteger(position))
    return { hour: at as number, position: position as number };
  return invalid('Invalid nextToken');
}
