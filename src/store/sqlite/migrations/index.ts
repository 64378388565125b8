import { firstTables } from './0001-first-tables.ts';
import { jobTables } from './0002-jobs.ts';
import { executionTables } from './0003-executions.ts';
import { serviceJobTables } from './0004-service-jobs.ts';
import { serviceQueueTables } from './0005-service-queues.ts';
import { messageTables } from './0006-queue-messages.ts';
import { metricTables } from './0007-metrics.ts';

/**
 * The schema's versions, in order: the first entry leads from an empty file to version 1, and so on. A released entry
 * never changes.
 */
export const migrations: readonly string[] = [
  firstTables,
  jobTables,
  executionTables,
  serviceJobTables,
  serviceQueueTables,
  messageTables,
  metricTables,
];
