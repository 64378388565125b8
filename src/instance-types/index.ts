export { builtInFile, builtInTypes } from './built-in.ts';
export { CatalogueError, catalogueLimits, parseCatalogue } from './catalogue-file.ts';
export type {
  Architecture,
  Estimable,
  Gpus,
  InstanceType,
  InterruptionClass,
  Registered,
} from './instance-type.ts';
export { type ExpandedTypes, InstanceTypes, type NamedTypes } from './instance-types.ts';
