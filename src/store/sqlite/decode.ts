import type { AccountId, JobId, Region } from '../../core/ids.ts';
import type { ExecutionSummary, StoredExecution, StoredJob } from '../contract.ts';
import { fromExecutionColumns, fromSummaryColumns } from '../execution-rows.ts';
import type { JobRecord } from '../records.ts';
import { fromJobRow, fromSpecification } from '../rows.ts';
import type { ExecutionColumns, JobColumns, SummaryColumns } from './protocol.ts';

export function fromJobColumns(columns: JobColumns): JobRecord {
  const [account, region, jobId, jobName, jobQueueArn, jobDefinitionArn, shareIdentifier] = columns;
  const [, , , , , , , createdAt, sequence, detail, tags, state] = columns;
  return fromJobRow({
    account: account as AccountId,
    region: region as Region,
    jobId: jobId as JobId,
    jobName,
    jobQueueArn,
    jobDefinitionArn,
    createdAt,
    sequence,
    ...(shareIdentifier === null ? {} : { shareIdentifier }),
    detail,
    tags,
    state,
  });
}

export function fromStoredColumns(columns: readonly [...JobColumns, specification: string]): StoredJob {
  const [account, region, jobId, name, queue, definition, share, createdAt, sequence, detail, tags, state, text] =
    columns;
  return {
    record: fromJobColumns([
      account,
      region,
      jobId,
      name,
      queue,
      definition,
      share,
      createdAt,
      sequence,
      detail,
      tags,
      state,
    ]),
    specification: fromSpecification(text),
  };
}

export function fromSummaryRow([
  position,
  record,
  status,
  stoppedAt,
  redriveCount,
  redrivenAt,
]: SummaryColumns): ExecutionSummary {
  return fromSummaryColumns({ position, record, status, stoppedAt, redriveCount, redrivenAt });
}

export function fromExecutionRow(row: ExecutionColumns): StoredExecution {
  const [position, record, status, stoppedAt, redriveCount, redrivenAt, state, input] = row;
  return fromExecutionColumns({ position, record, status, stoppedAt, redriveCount, redrivenAt, state, input });
}
