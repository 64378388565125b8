import { type Json, JsonFault, parseJson } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ExecutionRecord, StoredExecution } from '../../../store/index.ts';
import type { EndedExecution, StartRequest } from '../contract.ts';
import { quotas } from '../quotas.ts';
import { invalidExecutionInput, noExecutionInput } from '../refusals.ts';

/** The record of an execution that a caller starts. */
export function newRecord(
  scope: Scope,
  request: StartRequest,
  parts: { readonly arn: string; readonly name: string; readonly input: string; readonly startedAt: EpochMilliseconds },
): ExecutionRecord {
  const { runnable, traceHeader, startedBy } = request;
  const { revision, stateMachineVersionArn, stateMachineAliasArn } = runnable;
  return {
    account: scope.account,
    region: scope.region,
    formatVersion: 1,
    ...parts,
    stateMachineArn: revision.stateMachineArn,
    ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
    revisionId: revision.name,
    kind: revision.kind,
    ...(traceHeader === undefined ? {} : { traceHeader }),
    ...(startedBy === undefined ? {} : { startedBy }),
  };
}

/** Reads the input of an execution. Throws `InvalidExecutionInput`. */
export function parseInput(text: string): Json {
  if (Buffer.byteLength(text) > quotas.payloadBytes) {
    return invalidExecutionInput(`input exceeds the maximum number of bytes: ${quotas.payloadBytes}`);
  }
  if (text.trim() === '') return noExecutionInput();
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return invalidExecutionInput(error.javaText);
  }
}

/** An execution of the store after its end; undefined while it runs. */
export function endedExecution({ record, state }: StoredExecution): EndedExecution | undefined {
  const { status, stoppedAt } = state;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE' || stoppedAt === undefined) return undefined;
  return {
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    startDate: new Date(record.startedAt),
    stopDate: new Date(stoppedAt),
    status,
    input: record.input,
    ...resultOf(state.header as ResultHeader | undefined),
  };
}

interface ResultHeader {
  readonly output?: Json;
  readonly outputText?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What an execution ended with, as answers show it. */
export function resultOf(header: ResultHeader | undefined): { output?: string; error?: string; cause?: string } {
  if (!header) return {};
  const { output, outputText, error, cause } = header;
  return {
    ...(output === undefined ? {} : { output: outputText ?? JSON.stringify(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
