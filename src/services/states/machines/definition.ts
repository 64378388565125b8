import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type DefinitionOptions,
  type Evaluator,
  type Machine,
  refusalOf,
  validateDefinition,
} from '../../../asl/index.ts';
import { EvaluationsBusy } from '../../../evaluation/index.ts';
import { taskFaults } from '../apis/index.ts';
import { invalidDefinition, throttled } from '../refusals.ts';
import type { MachineRuntime } from './runtime.ts';

/** How definitions are read here: as AWS does, whatever of its services this installation has. */
export function definitionOptions(type: 'STANDARD' | 'EXPRESS'): DefinitionOptions {
  return { type, checkTask: taskFaults, nextTurn };
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

/** The machine of `definition`. Throws `InvalidDefinition` unless one can be made of it. */
export async function checkDefinition(
  runtime: Pick<MachineRuntime, 'evaluations'>,
  definition: string,
  type: 'STANDARD' | 'EXPRESS',
): Promise<Machine> {
  const options = definitionOptions(type);
  const { machine, diagnostics } = await validateDefinition(definition, options, requestEvaluator(runtime));
  return machine ?? invalidDefinition(refusalOf(diagnostics));
}
