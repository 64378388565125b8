import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What draws the plots of a page, as it is put into it. */
export interface PlotLibrary {
  readonly script: string;
  readonly style: string;
  /** Goes with every copy. */
  readonly licence: string;
}

/** uPlot, as it is installed. */
export function plotLibrary(): PlotLibrary {
  const directory = dirname(fileURLToPath(import.meta.resolve('uplot/package.json')));
  const read = (path: string) => readFileSync(join(directory, path), 'utf8');
  return { script: read('dist/uPlot.iife.min.js'), style: read('dist/uPlot.min.css'), licence: read('LICENSE') };
}
