import type { ServiceCapacity } from '../../../store/index.ts';

/**
 * What a request to train a model asks for: so many instances of each type (SageMaker's CreateTrainingJob, `ResourceConfig`). Nothing,
 * where it does not say: AWS hands requests on as they are.
 */
export function trainingCapacity(payload: string): readonly ServiceCapacity[] {
  const config = membersOf(membersOf(parsed(payload)).ResourceConfig);
  const groups = Array.isArray(config.InstanceGroups) ? config.InstanceGroups.map(membersOf) : [];
  const counts = new Map<string, number>();
  for (const { InstanceType: unit, InstanceCount: count } of [config, ...groups]) {
    const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count > 0;
    if (typeof unit === 'string' && isCount) counts.set(unit, (counts.get(unit) ?? 0) + count);
  }
  return [...counts].map(([unit, quantity]) => ({ unit, quantity }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: it asks for nothing that could be counted.
    return undefined;
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
