import fc from 'fast-check';
import { job, machine } from './case.ts';
import type { TaskScript } from './host.ts';

const retry = [{ ErrorEquals: ['Again'], IntervalSeconds: 2, JitterStrategy: 'FULL' }];
const item = { Type: 'Task', Resource: job, TimeoutSeconds: 30, Retry: retry, End: true };

/** A definition of nested Parallel and Map states, tasks, waits and choices, with names of its own. */
export function definitions(): fc.Arbitrary<object> {
  let names = 0;
  const flow: fc.Memo<object> = fc.memo((depth) =>
    (depth > 1 ? fc.oneof(leaf, containers(depth - 1)) : leaf).map((states) => machine(states)),
  );
  const leaf = fc.constantFrom('Task', 'Wait', 'Pass', 'Fail').map((type) => {
    const name = `${type}${names++}`;
    const states: Record<string, object> = {
      Task: item,
      Wait: { Type: 'Wait', Seconds: 3, End: true },
      Pass: { Type: 'Pass', Parameters: { 'id.$': 'States.UUID()', 'in.$': '$' }, End: true },
      Fail: { Type: 'Fail', Error: 'Again' },
    };
    return { [name]: states[type] ?? {} };
  });
  const containers = (depth: number) =>
    fc.oneof(
      fc
        .record({ branches: fc.array(flow(depth), { minLength: 1, maxLength: 3 }), caught: fc.boolean() })
        .map((made) => {
          const caught = made.caught
            ? { Catch: [{ ErrorEquals: ['States.ALL'], Next: `H${names}` }] }
            : { Retry: retry };
          return {
            [`P${names}`]: { Type: 'Parallel', Branches: made.branches, ...caught, End: true },
            ...(made.caught ? { [`H${names++}`]: { Type: 'Succeed' } } : {}),
          };
        })
        .map((states) => rename(states, () => names++)),
      fc.record({ body: flow(depth), concurrency: fc.integer({ min: 0, max: 3 }) }).map(({ body, concurrency }) => ({
        [`M${names++}`]: {
          Type: 'Map',
          ItemsPath: '$$.Execution.Input',
          MaxConcurrency: concurrency,
          ItemProcessor: body,
          End: true,
        },
      })),
    );
  return flow(3).map((definition) => unique(definition));
}

function rename<T>(states: T, next: () => number): T {
  next();
  return states;
}

/** Gives every state a name of its own: a generated part may occur twice. */
function unique(definition: object): object {
  let count = 0;
  const visit = (flow: { StartAt: string; States: Record<string, Record<string, unknown>> }): object => {
    const names = new Map(Object.keys(flow.States).map((name) => [name, `${name}_${count++}`]));
    const renamed = (name: unknown) => names.get(String(name)) ?? '';
    const states = Object.entries(flow.States).map(([name, state]) => {
      const copy = { ...state };
      if (Array.isArray(copy.Branches)) copy.Branches = copy.Branches.map(visit);
      if (copy.ItemProcessor) copy.ItemProcessor = visit(copy.ItemProcessor as never);
      if (Array.isArray(copy.Catch))
        copy.Catch = copy.Catch.map((each: { Next: string }) => ({ ...each, Next: renamed(each.Next) }));
      return [renamed(name), copy];
    });
    return { StartAt: renamed(flow.StartAt), States: Object.fromEntries(states) };
  };
  return visit(definition as never);
}

/** Tasks that succeed, fail, fail for good or stay silent, by turns that the number decides. */
export function moody(seed: number): Readonly<Record<string, readonly TaskScript[]>> {
  const moods: readonly TaskScript[] = [
    { output: 1, after: 1 },
    { error: 'Again', after: 2 },
    { output: 2 },
    { error: 'Bad', after: 4 },
    { never: true },
  ];
  const scripts = Array.from({ length: 12 }, (_, i) => moods[(seed + i * 7) % moods.length] ?? { output: 0 });
  return new Proxy({}, { get: () => scripts }) as Readonly<Record<string, readonly TaskScript[]>>;
}

export const inputs = fc.array(fc.integer(), { maxLength: 4 });
