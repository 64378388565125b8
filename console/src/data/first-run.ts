import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { type FirstRunPart, nextPart, type PartState } from '../fields/first-run.ts';
import { useWorker } from '../session/session-context.tsx';
import type { WorkerClient } from '../session/worker-client.ts';

type States = Readonly<Record<FirstRunPart, PartState>>;

export interface FirstRunProgress {
  readonly states: States;
  readonly isRunning: boolean;
  /** Why it does not go on. */
  readonly error: CallError | undefined;
  /** Once it is submitted. */
  readonly jobId: string | undefined;
}

const begun: FirstRunProgress = {
  states: { environment: 'waiting', queue: 'waiting', definition: 'waiting', job: 'waiting' },
  isRunning: false,
  error: undefined,
  jobId: undefined,
};

/** Makes one part after the other, and goes on where it was held up: what is there is not made again. */
export function useFirstRun(): FirstRunProgress & {
  readonly run: (calls: Readonly<Record<FirstRunPart, Call>>) => void;
} {
  const worker = useWorker();
  const queries = useQueryClient();
  const [progress, setProgress] = useState(begun);
  const run = async (calls: Readonly<Record<FirstRunPart, Call>>) => {
    let now: FirstRunProgress = { ...progress, isRunning: true, error: undefined };
    const show = (change: Partial<FirstRunProgress>) => {
      now = { ...now, ...change };
      setProgress(now);
    };
    const mark = (part: FirstRunPart, state: PartState) => show({ states: { ...now.states, [part]: state } });
    for (let part = nextPart(now.states); part !== undefined; part = nextPart(now.states)) {
      mark(part, 'running');
      try {
        const { state, jobId } = await make(worker, part, calls[part]);
        mark(part, state);
        if (jobId !== undefined) show({ jobId });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        mark(part, 'failed');
        show({ error });
        break;
      }
    }
    show({ isRunning: false });
    await queries.invalidateQueries();
  };
  return { ...progress, run: (calls) => void run(calls) };
}

interface Made {
  readonly state: 'made' | 'exists';
  readonly jobId?: string;
}

async function make(worker: WorkerClient, part: FirstRunPart, call: Call): Promise<Made> {
  if (part === 'job') {
    const { jobId } = (await worker.call(call)) as { readonly jobId: string };
    return { state: 'made', jobId };
  }
  const found = await look(worker, part, call);
  if (!found) await worker.call(call);
  await untilValid(worker, part, call);
  return { state: found ? 'exists' : 'made' };
}

type Named = Exclude<FirstRunPart, 'job'>;
type Found = { readonly status?: string; readonly statusReason?: string };

/** How each is asked for by its name. */
const lookups = {
  environment: {
    name: 'computeEnvironmentName',
    operation: 'DescribeComputeEnvironments',
    list: 'computeEnvironments',
  },
  queue: { name: 'jobQueueName', operation: 'DescribeJobQueues', list: 'jobQueues' },
  definition: { name: 'jobDefinitionName', operation: 'DescribeJobDefinitions', list: 'jobDefinitions' },
} as const satisfies Readonly<Record<Named, object>>;

async function look(worker: WorkerClient, part: Named, call: Call): Promise<Found | undefined> {
  const { name, operation, list } = lookups[part];
  const value = (call.input as Readonly<Record<string, unknown>>)[name];
  const input = part === 'definition' ? { [name]: value, status: 'ACTIVE' } : { [list]: [value] };
  const answer = (await worker.call({ service: 'batch', operation, input })) as Readonly<Record<string, Found[]>>;
  return answer[list]?.[0];
}

const tries = 120;
const pause = 500;

/** Environments and queues are made first and settled then: one that cannot be used is told with its reason. */
async function untilValid(worker: WorkerClient, part: Named, call: Call): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    const { status = '', statusReason = '' } = (await look(worker, part, call)) ?? {};
    if (status === 'VALID' || status === 'ACTIVE') return;
    if (status === 'INVALID' || left === 1) throw new CallError({ code: status, message: statusReason, status: 200 });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
