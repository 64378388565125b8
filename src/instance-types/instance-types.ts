import type { CatalogueFile, GivenFamily, SetName } from './catalogue-file.ts';
import { setArchitectures } from './catalogue-file.ts';
import type { Architecture, InstanceType } from './instance-type.ts';
import { registeredOf } from './registered.ts';

const mebi = 1_024;

/** What a name in `instanceTypes` stands for. */
export type NamedTypes =
  | { readonly kind: 'type'; readonly architecture: Architecture; readonly types: readonly [InstanceType] }
  | { readonly kind: 'family' | 'set'; readonly architecture: Architecture; readonly types: readonly InstanceType[] };

/** The types that some names stand for. */
export interface ExpandedTypes {
  /** Each once, in the order of the names; of a family in the catalogue's order. */
  readonly types: readonly InstanceType[];
  /** Names that stand for nothing here. */
  readonly unknown: readonly string[];
}

/** The instance types there are: looked up by what `instanceTypes` of a compute environment may name. */
export class InstanceTypes {
  /** By name, in the order of names. */
  readonly all: ReadonlyMap<string, InstanceType>;
  /** What they were made of. */
  readonly file: CatalogueFile;
  readonly #families = new Map<string, readonly InstanceType[]>();

  /** `file` has been parsed by `parseCatalogue`, or is the one that comes with this server. */
  constructor(file: CatalogueFile) {
    this.file = file;
    for (const [name, family] of Object.entries(file.families)) this.#families.set(name, typesOf(name, family));
    const all = [...this.#families.values()].flat();
    this.all = new Map(all.sort((one, other) => (one.name < other.name ? -1 : 1)).map((type) => [type.name, type]));
  }

  /** What a type, a family or a set (`optimal`) stands for in a region. A family stands for its sizes that are not metal. */
  find(name: string, region: string): NamedTypes | undefined {
    const type = this.all.get(name);
    if (type) return { kind: 'type', architecture: type.architecture, types: [type] };
    if (Object.hasOwn(setArchitectures, name)) {
      const set = name as SetName;
      const types = this.#familiesOf(set, region).flatMap((family) => this.#ordinary(family));
      return { kind: 'set', architecture: setArchitectures[set], types };
    }
    const [first] = this.#families.get(name) ?? [];
    return first && { kind: 'family', architecture: first.architecture, types: this.#ordinary(name) };
  }

  /** The types that `names` stand for together. */
  expand(names: readonly string[], region: string): ExpandedTypes {
    const types = new Set<InstanceType>();
    const unknown: string[] = [];
    for (const name of names) {
      const found = this.find(name, region);
      if (!found) unknown.push(name);
      for (const type of found?.types ?? []) types.add(type);
    }
    return { types: [...types], unknown };
  }

  /** Every name that `find` knows: sets, families, types. */
  names(): readonly string[] {
    return [...Object.keys(setArchitectures), ...[...this.#families.keys()].sort(), ...this.all.keys()];
  }

  #familiesOf(set: SetName, region: string): readonly string[] {
    return this.file.sets[set].find(({ regions }) => !regions || regions.includes(region))?.families ?? [];
  }

  #ordinary(family: string): readonly InstanceType[] {
    return (this.#families.get(family) ?? []).filter(({ metal }) => !metal);
  }
}

function typesOf(
  family: string,
  { architecture, previous = false, gpu, efa = [], estimated = [], sizes }: GivenFamily,
) {
  return Object.entries(sizes).map(([size, given]): InstanceType => {
    const { vcpus, memoryGiB, gpus: count, onDemand, spot, interruption } = given;
    const { memoryGiB: each = 0, ...kind } = gpu ?? {};
    const memoryMiB = memoryGiB * mebi;
    const gpus = gpu && count ? { ...gpu, ...kind, count, memoryMiB: each * mebi } : undefined;
    const parts = { architecture, vcpus, memoryMiB, ...(gpus && { gpus }) };
    return {
      ...{ name: `${family}.${size}`, family, size, metal: /^metal(-|$)/.test(size), previous },
      ...{ ...parts, registered: registeredOf(parts), efa: efa.includes(size) },
      ...{ onDemand, spot, interruption, estimated },
    };
  });
}
