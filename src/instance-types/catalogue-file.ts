import { z } from 'zod';
import { estimable, interruptionClasses } from './instance-type.ts';

/** What is wrong with a catalogue, in words for whoever wrote it. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}

/** Larger ones are refused: bytes of the file, types in it. AWS has some 1,000 types. */
export const catalogueLimits = { bytes: 8 * 2 ** 20, types: 10_000 } as const;

/** Names that stand for families, and the architecture that AWS says they have. */
export const setArchitectures = { optimal: 'x86_64', default_x86_64: 'x86_64', default_arm64: 'arm64' } as const;
export type SetName = keyof typeof setArchitectures;

const version = 1;
const familyName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a family, such as c5');
const sizeName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be the name of a size, such as 2xlarge');
const label = z.string().min(1).max(64);
/** EC2 has halves and quarters of a GiB; its MiB are whole. */
const memory = z
  .number()
  .min(0.25)
  .max(65_536)
  .refine((gib) => Number.isInteger(gib * 1_024), 'must be a whole number of MiB');
/** US dollars an hour. */
const price = z.number().positive().max(100_000);

const size = z.strictObject({
  vcpus: z.int().min(1).max(4_096),
  memoryGiB: memory,
  gpus: z.int().min(1).max(256).optional(),
  onDemand: price,
  spot: price,
  interruption: z.enum(interruptionClasses),
});

const family = z.strictObject({
  architecture: z.enum(['x86_64', 'arm64']),
  previous: z.boolean().optional(),
  gpu: z.strictObject({ name: label, manufacturer: label, memoryGiB: memory }).optional(),
  efa: z.array(sizeName).max(64).optional(),
  estimated: z.array(z.enum(estimable)).max(estimable.length).optional(),
  sizes: z.record(sizeName, size),
});

/** The first that names the region, or none, is meant. */
const set = z
  .array(
    z.strictObject({
      regions: z.array(z.string().max(64)).min(1).max(200).optional(),
      families: z.array(familyName).min(1).max(100),
    }),
  )
  .min(1)
  .max(100);

const file = z.strictObject({
  version: z.literal(version),
  sources: z.array(z.string().max(1_000)).max(100).optional(),
  sets: z.strictObject({ optimal: set, default_x86_64: set, default_arm64: set }),
  families: z.record(familyName, family),
});

export type CatalogueFile = z.infer<typeof file>;
export type GivenFamily = z.infer<typeof family>;

/** Reads a catalogue that a user gives. Throws `CatalogueError`. */
export function parseCatalogue(text: string): CatalogueFile {
  const content = parseJson(text);
  checkVersion(content);
  const result = file.safeParse(content);
  if (!result.success) throw new CatalogueError(wordsOf(result.error));
  checkFamilies(result.data);
  checkSets(result.data);
  return result.data;
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new CatalogueError('is empty');
  if (text.length > catalogueLimits.bytes)
    throw new CatalogueError(`is larger than ${catalogueLimits.bytes / 2 ** 20} MiB`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CatalogueError(`is no JSON, or was cut off: ${(error as Error).message}`, { cause: error });
  }
}

/** First of all: of another version nothing else need be as it is known here. */
function checkVersion(content: unknown): void {
  const given = typeof content === 'object' && content !== null ? Reflect.get(content, 'version') : undefined;
  if (given === version) return;
  throw new CatalogueError(
    given === undefined
      ? `has no \`version\`: an object with \`"version": ${version}\` is expected`
      : `has version ${JSON.stringify(given)}, and this server reads version ${version}`,
  );
}

function wordsOf({ issues: [issue] }: z.ZodError): string {
  if (!issue) return 'is not valid';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function checkFamilies({ families }: CatalogueFile): void {
  let types = 0;
  for (const [name, { sizes, gpu, efa = [] }] of Object.entries(families)) {
    const entries = Object.entries(sizes);
    types += entries.length;
    if (entries.length === 0) throw new CatalogueError(`families.${name}.sizes: is empty`);
    const [withGpus] = entries.find(([, { gpus }]) => gpus !== undefined) ?? [];
    if (withGpus !== undefined && !gpu)
      throw new CatalogueError(`families.${name}.sizes.${withGpus}.gpus: the family has no \`gpu\` that says which`);
    const strange = efa.find((one) => !Object.hasOwn(sizes, one));
    if (strange !== undefined) throw new CatalogueError(`families.${name}.efa: ${strange} is not one of its sizes`);
  }
  if (types === 0) throw new CatalogueError('has no instance types');
  if (types > catalogueLimits.types)
    throw new CatalogueError(`has ${types} instance types, and ${catalogueLimits.types} are the most`);
}

/** A set must stand for something, everywhere, and for one architecture. */
function checkSets({ sets, families }: CatalogueFile): void {
  for (const [name, choices] of Object.entries(sets)) {
    if (choices.at(-1)?.regions)
      throw new CatalogueError(`sets.${name}: the last one must be for all other regions, and name none`);
    const expected = setArchitectures[name as SetName];
    for (const one of choices.flatMap((choice) => choice.families)) {
      if (!Object.hasOwn(families, one)) throw new CatalogueError(`sets.${name}: there is no family ${one}`);
      const architecture = families[one]?.architecture;
      if (architecture !== expected)
        throw new CatalogueError(`sets.${name}: ${one} is ${architecture}, and the set is ${expected}`);
    }
  }
}
