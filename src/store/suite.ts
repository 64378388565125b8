import { describe } from 'node:test';
import { bitTests, childTests, forgottenTests } from './suite/children.ts';
import { commitTests, isolationTests, refusalTests } from './suite/commits.ts';
import { consumableJobTests } from './suite/consumable-jobs.ts';
import { dueTests } from './suite/due.ts';
import { durabilityTests } from './suite/durability.ts';
import { executionListTests, executionSweepTests, executionTests, historyTests } from './suite/executions.ts';
import type { StoreHome } from './suite/home.ts';
import { idempotencyTests } from './suite/idempotency.ts';
import { jobFilterTests, jobListTests, jobPageTests } from './suite/job-lists.ts';
import { jobTests } from './suite/jobs.ts';
import { laneTests } from './suite/lanes.ts';
import { leadTests } from './suite/lead.ts';
import { loadFactTests, loadTests } from './suite/load.ts';
import { logSegmentTests, logTests } from './suite/logs.ts';
import { metricTests } from './suite/metrics.ts';
import { outboxTests } from './suite/outbox.ts';
import { messageTests } from './suite/queue-messages.ts';
import { serviceJobListTests, serviceJobTests } from './suite/service-jobs.ts';
import { usageTests } from './suite/usage.ts';

/** What every store must do, whatever keeps it. `home` gives a new, empty place for each test. */
export function storeSuite(name: string, home: () => Promise<StoreHome>): void {
  describe(name, () => {
    describe('lead', () => leadTests(home));
    describe('commit', () => commitTests(home));
    describe('failed commits', () => refusalTests(home));
    describe('isolation', () => isolationTests(home));
    describe('load', () => loadTests(home));
    describe('what load knows beside', () => loadFactTests(home));
    describe('jobs', () => jobTests(home));
    describe('children and nodes', () => childTests(home));
    describe('bits of arrays', () => bitTests(home));
    describe('forgotten jobs', () => forgottenTests(home));
    describe('usage', () => usageTests(home));
    describe('lists of jobs', () => jobListTests(home));
    describe('filters of lists', () => jobFilterTests(home));
    describe('pages of lists', () => jobPageTests(home));
    describe('jobs that need a consumable resource', () => consumableJobTests(home));
    describe('service jobs', () => serviceJobTests(home));
    describe('lists of service jobs', () => serviceJobListTests(home));
    describe('due work', () => dueTests(home));
    describe('lanes', () => laneTests(home));
    describe('messages of queues', () => messageTests(home));
    describe('points of metrics', () => metricTests(home));
    describe('outbox', () => outboxTests(home));
    describe('log streams', () => logTests(home));
    describe('log segments', () => logSegmentTests(home));
    describe('executions', () => executionTests(home));
    describe('sweeps of executions', () => executionSweepTests(home));
    describe('lists of executions', () => executionListTests(home));
    describe('histories', () => historyTests(home));
    describe('idempotency', () => idempotencyTests(home));
    describe('durability', () => durabilityTests(home));
  });
}
