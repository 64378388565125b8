import { machine, type Recorded, type RunCase } from './case.ts';

export const recordedOnAws = 'Recorded on AWS';
export const kind = 'Of the kind that is recorded on AWS';

export const pass = { Type: 'Pass', End: true };
export const body = machine({ I: pass });
export const bad = { Type: 'Fail', Error: 'Bad' };
export const caught = [{ ErrorEquals: ['States.ALL'], Next: 'S' }];
export const twice = [{ ErrorEquals: ['Bad'], IntervalSeconds: 1, MaxAttempts: 1 }];

export function history(
  name: string,
  definition: object,
  recorded: readonly Recorded[],
  more: Partial<RunCase> = {},
): RunCase {
  return { name, proves: recordedOnAws, definition, recorded, ...more };
}

export function map(fields: object, states: Readonly<Record<string, object>> = { I: pass }, more: object = {}): object {
  return machine({ M: { Type: 'Map', ItemProcessor: machine(states), End: true, ...fields }, ...more });
}

export function distributed(fields: object = {}, states: Readonly<Record<string, object>> = { I: pass }): object {
  const config = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
  return map({ ItemProcessor: { ...config, ...machine(states) }, ...fields });
}

export const failed = { status: 'FAILED', error: 'Bad' } as const;

export const started = [
  ['ExecutionStarted', 0],
  ['MapStateEntered', 0],
  ['MapStateStarted', 2],
] as const satisfies readonly Recorded[];
