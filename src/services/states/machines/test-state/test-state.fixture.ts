import { openBench, roleArn } from '../../states.fixture.ts';

export const publish = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sns:publish',
  Parameters: { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', 'Message.$': '$.text' },
  ResultPath: '$.sent',
  Next: 'After',
};

export const job = {
  Type: 'Task',
  Resource: 'arn:aws:states:::batch:submitJob',
  Parameters: { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' },
  End: true,
};

export const retrying = {
  ...publish,
  Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }],
};

export const inner = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };

export const map = { Type: 'Map', ItemsPath: '$.items', ItemProcessor: inner, End: true };

export const distributed = {
  ...map,
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...inner },
};

export const parallel = {
  Type: 'Parallel',
  Branches: [inner, { ...inner, StartAt: 'B', States: { B: inner.States.In } }],
  End: true,
};

export function request(state: object, more: object = {}): object {
  return { definition: JSON.stringify(state), input: '{"text":"hello"}', ...more };
}

/** What TestState answers. */
export const run = async (state: object, more?: object) => (await openBench()).call('TestState', request(state, more));

/** `Code: message` of what refuses the test. */
export const refuse = async (state: object, more?: object) =>
  (await openBench()).refusal('TestState', request(state, more));

/** The inspection data of a test. */
export async function inspect(state: object, more: object = {}): Promise<Record<string, unknown>> {
  const { inspectionData } = await run(state, { inspectionLevel: 'DEBUG', ...more });
  return inspectionData as Record<string, unknown>;
}

export const withRole = { roleArn };
