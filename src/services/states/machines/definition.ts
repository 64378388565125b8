import { type DefinitionOptions, type Evaluator, refusalOf, validateDefinition } from '../../../asl/index.ts';
import { EvaluationsBusy } from '../../../evaluation/index.ts';
import { taskFaults } from '../apis/index.ts';
import { invalidDefinition, throttled } from '../refusals.ts';
import type { MachineRuntime } from './runtime.ts';

/** How definitions are read here: as AWS does, whatever of its services this installation has. */
export function definitionOptions(type: 'STANDARD' | 'EXPRESS'): DefinitionOptions {
  return { type, checkTask: taskFaults };
}

/** All requests about definitions share a lane; so many may wait in it. */
const requests = { lane: 'requests', mostWaiting: 64 };

/** Evaluates for a request. Throws `ThrottlingException` when too many wait. */
export function requestEvaluator({ evaluations }: Pick<MachineRuntime, 'evaluations'>): Evaluator {
  return async (evaluation) => {
    try {
      return await evaluations.evaluate(evaluation, requests);
    } catch (error) {
      if (error instanceof EvaluationsBusy) return throttled();
      throw error;
    }
  };
}

/** Throws `InvalidDefinition` unless a state machine could be made of `definition`. */
export async function checkDefinition(
  runtime: Pick<MachineRuntime, 'evaluations'>,
  definition: string,
  type: 'STANDARD' | 'EXPRESS',
): Promise<void> {
  const options = definitionOptions(type);
  const { machine, diagnostics } = await validateDefinition(definition, options, requestEvaluator(runtime));
  if (!machine) invalidDefinition(refusalOf(diagnostics));
}
