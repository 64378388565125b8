import type { VariableRecord } from '../../../core/job-specification.ts';

/** Variables of the definition keep their place, whether overridden or not; new ones follow. */
export function mergedEnvironment(
  own: readonly VariableRecord[] | undefined,
  overrides: readonly VariableRecord[] | undefined,
): readonly VariableRecord[] | undefined {
  if (!own || !overrides) return own ?? overrides;
  const merged = new Map(own.map((variable) => [variable.name, variable]));
  for (const variable of overrides) merged.set(variable.name, variable);
  return [...merged.values()];
}
