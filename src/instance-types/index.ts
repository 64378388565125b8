export { builtInFile, builtInTypes } from './built-in.ts';
export { CatalogueError, type CatalogueFile, catalogueLimits, parseCatalogue } from './catalogue-file.ts';
export {
  type Architecture,
  type Estimable,
  type Gpus,
  type InstanceType,
  type InterruptionClass,
  interruptionClasses,
  type Registered,
} from './instance-type.ts';
export { type ExpandedTypes, InstanceTypes, type NamedTypes } from './instance-types.ts';
