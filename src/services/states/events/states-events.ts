import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { DeliveredFact, ExecutionFact, Fact, StoredExecution, StoreReads } from '../../../store/index.ts';
import { resultOf } from '../executions/records.ts';

/** An event of Step Functions, as EventBridge's default bus is told it. */
interface StatesEvent extends Scope {
  readonly sequence: number;
  readonly index: number;
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  readonly detail: object;
  readonly executionName: string;
}

interface StatesEventsOptions {
  readonly reads: StoreReads;
  /** Why an execution cannot be redriven, in AWS's words; undefined if it can. */
  readonly redriveRefusal: (stored: StoredExecution) => string | undefined;
}

/** Of input and output, escaped, together: what is beyond is left out, the input first. */
const mostData = 248 * 1024;

/** The one event of Step Functions that AWS has: a Standard execution changed its status. */
export function createStatesEvents(options: StatesEventsOptions) {
  return {
    source: 'aws.states',
    detailTypeOf: (fact: Fact) => (fact.kind === 'execution' ? 'Step Functions Execution Status Change' : undefined),
    async *eventsOf(facts: readonly DeliveredFact[]): AsyncGenerator<StatesEvent> {
      for (const { fact, sequence } of facts) {
        const stored = fact.kind === 'execution' && (await options.reads.execution(scopeOf(fact), fact.executionArn));
        // Deleted since: then nobody can say any more what it was.
        if (!stored) continue;
        yield {
          ...scopeOf(fact),
          ...{ sequence, index: 0, time: fact.at, resources: [fact.executionArn], executionName: stored.record.name },
          detail: detailThen(options, fact, stored),
        };
      }
    },
  };
}

/** What it was when its status changed; one that has been redriven since tells no result any more. */
function detailThen({ redriveRefusal }: StatesEventsOptions, fact: ExecutionFact, now: StoredExecution): object {
  const { record, state } = now;
  const isNow = state.status === fact.to;
  const isOver = fact.to !== 'RUNNING';
  const result = isNow && isOver ? resultOf(state.header as Parameters<typeof resultOf>[0]) : {};
  const { output, error, cause } = result as { output?: string; error?: string; cause?: string };
  const refusal = redriveRefusal({ ...now, state: { ...state, status: fact.to as typeof state.status } });
  return {
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: fact.to,
    startDate: record.startedAt,
    stopDate: isOver ? ((isNow ? state.stoppedAt : undefined) ?? fact.at) : null,
    ...dataOf(record.input, output),
    stateMachineVersionArn: record.stateMachineVersionArn ?? null,
    stateMachineAliasArn: record.stateMachineAliasArn ?? null,
    redriveCount: state.redriveCount,
    redriveDate: state.redrivenAt ?? null,
    redriveStatus: refusal === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: refusal ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function dataOf(input: string, output: string | undefined): object {
  const sizes = [input, output ?? ''].map((text) => Buffer.byteLength(JSON.stringify(text)));
  const [inputSize = 0, outputSize = 0] = sizes;
  const hasInput = inputSize + outputSize <= mostData;
  const hasOutput = output !== undefined && outputSize <= mostData;
  return {
    input: hasInput ? input : null,
    output: hasOutput ? output : null,
    inputDetails: { included: hasInput },
    outputDetails: output === undefined ? null : { included: hasOutput },
  };
}
