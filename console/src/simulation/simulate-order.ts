import { InstanceTypes, parseCatalogue } from '../../../src/instance-types/index.ts';
import {
  compare,
  type FindTypes,
  linesWorkload,
  parseEnvironment,
  queueNames,
  type SimulatedEnvironment,
  SimulationError,
  swfLinesWorkload,
  type Workload,
} from '../../../src/simulator/index.ts';
import type { OrderedWorkload, SimulationNews, SimulationOrder } from './order.ts';

/** Simulates by the scheduler of the server. Tells news as they come; the last is a report or a refusal. */
export function* simulateOrder(order: SimulationOrder): Generator<SimulationNews, void, undefined> {
  try {
    const environments = environmentsOf(order);
    const { workload, seed } = order;
    const open = (environment: SimulatedEnvironment) => opened(workload, environment);
    const steps = compare({ name: workload.name, open, environments, seed });
    for (;;) {
      const { value, done } = steps.next();
      if (done) {
        yield { kind: 'report', report: value };
        return;
      }
      yield { kind: 'progress', progress: value };
    }
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    yield { kind: 'refused', message: error.message };
  }
}

function environmentsOf({ environments, catalogue, region }: SimulationOrder): readonly SimulatedEnvironment[] {
  const types = new InstanceTypes(parseCatalogue(catalogue));
  const find: FindTypes = () => ({ types, region });
  return environments.map(({ name, text }) => ({ ...parseEnvironment(text, name, find), name }));
}

function opened({ format, text, dropped }: OrderedWorkload, environment: SimulatedEnvironment): Workload {
  const lines = text.replace(/\n$/, '').split('\n');
  return format === 'swf' ? swfLinesWorkload(lines, queueNames(environment)) : linesWorkload(lines, dropped);
}
