import type { Architecture, InstanceTypes, NamedTypes } from '../../../instance-types/index.ts';
import { demand, invalid } from '../refusals.ts';

/** The instance types there are, as their names are understood in one region. */
export interface KnownTypes {
  /** What a type, a family or a set stands for. */
  find(name: string): NamedTypes | undefined;
  /** Every name that `find` knows. */
  names(): readonly string[];
}

/** `instanceTypes` is asked when something is looked up, and not before. */
export function knownTypes(instanceTypes: () => InstanceTypes, region: string): KnownTypes {
  return { find: (name) => instanceTypes().find(name, region), names: () => instanceTypes().names() };
}

/** Graviton families: a generation followed by `g` (`c7g`, `m6gd`, `g5g`, `im4gn`), and the first, `a1`. */
const armFamily = /^([a-z]+\d+g[a-z]*(-flex)?|a1|default_arm64)$/;
/** What stands for several families at once. */
const setsOfTypes = ['optimal', 'default_x86_64', 'default_arm64'];

export function isSetOfTypes(type: string): boolean {
  return setsOfTypes.includes(type);
}

/** `c5` of `c5.large`, and of itself. */
export function familyOf(type: string): string {
  return type.split('.')[0] ?? '';
}

/** Checks instance types, families and sets: known, of one architecture (spec 04 §1.20; the words also: aws/aws-cdk issue 31148). */
export function checkInstanceTypes(types: readonly string[] | undefined, known: KnownTypes): void {
  demand(types && types.length > 0, 'Resource instanceTypes are required.');
  const architectures = new Set(types.map((type) => checkInstanceType(type, known).architecture));
  demand(architectures.size === 1, 'arm-based instance type cannot be used with other instance types.');
  checkImageOfAll(types);
}

/** AWS looks these up at once, and tells of all it has (Netflix/metaflow issue 70). Answers what the name stands for. */
export function checkInstanceType(type: string, known: KnownTypes): NamedTypes {
  return known.find(type) ?? invalid(`Instance type can only be one of [${known.names().join(', ')}], got ${type}`);
}

/** The image that `p5` needs is none for the oldest GPUs (spec 04 §3.3). No words are reported of AWS. */
function checkImageOfAll(types: readonly string[]): void {
  const families = types.map(familyOf);
  const newest = families.find((family) => /^p5/.test(family));
  const oldest = families.find((family) => family === 'p2' || family === 'g2');
  demand(!newest || !oldest, `Instance type ${newest} cannot be used with ${oldest}: no image supports both.`);
}

/** The architecture that a name tells: of what environments have already, of which none is looked up again. */
export function architectureOf(type: string): Architecture {
  return armFamily.test(familyOf(type)) ? 'arm64' : 'x86_64';
}

/** Whether the images for GPUs are meant for it: they are built for x86 only (spec 04 §3.3). */
export function takesGpuImage(type: string, known: KnownTypes): boolean {
  return known.find(type)?.types.some(({ registered }) => registered.gpus > 0) ?? false;
}
