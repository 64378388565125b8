import { readFileSync } from 'node:fs';
import type { CatalogueFile } from './catalogue-file.ts';
import { InstanceTypes } from './instance-types.ts';

let builtIn: InstanceTypes | undefined;

/** The types that come with this server. Read when they are first asked for. */
export function builtInTypes(): InstanceTypes {
  // A test reads it as it reads those of users.
  builtIn ??= new InstanceTypes(JSON.parse(readFileSync(builtInFile, 'utf8')) as CatalogueFile);
  return builtIn;
}

/** Where they are written. */
export const builtInFile = new URL('catalogue.json', import.meta.url);
