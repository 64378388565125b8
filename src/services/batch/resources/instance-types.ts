import { demand, invalid } from '../refusals.ts';

export type Architecture = 'x86_64' | 'arm64';

const instanceType = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$/;
/** Graviton families: a generation followed by `g` (`c7g`, `m6gd`, `g5g`, `im4gn`), and the first, `a1`. */
const armFamily = /^([a-z]+\d+g[a-z]*(-flex)?|a1|default_arm64)$/;
const setsOfTypes = ['optimal', 'default_x86_64', 'default_arm64'];

/** Checks instance types and families: known in form, of one architecture (spec 04 §1.20). */
export function checkInstanceTypes(types: readonly string[] | undefined): void {
  demand(types && types.length > 0, 'Instance types are required.');
  const wrong = types.find((type) => !setsOfTypes.includes(type) && !instanceType.test(type));
  if (wrong !== undefined) invalid(`Instance type is not valid: ${wrong}`);
  const architectures = new Set(types.map(architectureOf));
  demand(architectures.size === 1, 'arm-based instance type cannot be used with other instance types');
}

/** The architecture of an instance type, a family, or one of AWS's sets. */
export function architectureOf(type: string): Architecture {
  return armFamily.test(type.split('.')[0] ?? '') ? 'arm64' : 'x86_64';
}
