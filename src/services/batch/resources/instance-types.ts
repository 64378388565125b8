import { demand, invalid } from '../refusals.ts';

export type Architecture = 'x86_64' | 'arm64';

const instanceType = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$/;
/** Graviton families: a generation followed by `g` (`c7g`, `m6gd`, `g5g`, `im4gn`), and the first, `a1`. */
const armFamily = /^([a-z]+\d+g[a-z]*(-flex)?|a1|default_arm64)$/;
/** `p2`, `p4d`, `g4dn`, `gr6`: what has GPUs of NVIDIA. */
const gpuFamily = /^(p|g|gr)\d/;
/** What stands for several families at once. */
const setsOfTypes = ['optimal', 'default_x86_64', 'default_arm64'];

export function isSetOfTypes(type: string): boolean {
  return setsOfTypes.includes(type);
}

/** `c5` of `c5.large`, and of itself. */
export function familyOf(type: string): string {
  return type.split('.')[0] ?? '';
}

/** Checks instance types and families: known in form, of one architecture (spec 04 §1.20; the words also: aws/aws-cdk issue 31148). */
export function checkInstanceTypes(types: readonly string[] | undefined): void {
  demand(types && types.length > 0, 'Resource instanceTypes are required.');
  for (const type of types) checkInstanceType(type);
  const architectures = new Set(types.map(architectureOf));
  demand(architectures.size === 1, 'arm-based instance type cannot be used with other instance types.');
  checkImageOfAll(types);
}

/** AWS looks these up at once, and goes on with the list of all it has (Netflix/metaflow issue 70). */
export function checkInstanceType(type: string): void {
  if (isSetOfTypes(type) || instanceType.test(type)) return;
  invalid(`Instance type can only be one of [${setsOfTypes.join(', ')}, a family, a size of one], got ${type}`);
}

/** The image that `p5` needs is none for the oldest GPUs (spec 04 §3.3). No words are reported of AWS. */
function checkImageOfAll(types: readonly string[]): void {
  const families = types.map(familyOf);
  const newest = families.find((family) => /^p5/.test(family));
  const oldest = families.find((family) => family === 'p2' || family === 'g2');
  demand(!newest || !oldest, `Instance type ${newest} cannot be used with ${oldest}: no image supports both.`);
}

/** The architecture of an instance type, a family, or one of AWS's sets. */
export function architectureOf(type: string): Architecture {
  return armFamily.test(familyOf(type)) ? 'arm64' : 'x86_64';
}

/** Whether the images for GPUs are meant for it: they are built for x86 only (spec 04 §3.3). */
export function takesGpuImage(type: string): boolean {
  return gpuFamily.test(familyOf(type)) && architectureOf(type) === 'x86_64';
}
