import type { Plugin } from 'vite';

/** The forms of AppLayout that the console never shows: 55 kB of the first page. */
const unused = ['./classic', './visual-refresh-toolbar'];

/**
 * Leaves them out of the bundle. Fails the build when Cloudscape no longer imports them from where this looks: the page would
 * quietly grow again.
 */
export function oneLayoutPlugin(): Plugin {
  const seen = new Set<string>();
  return {
    name: 'one-layout',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!importer?.endsWith('/components/app-layout/internal.js') || !unused.includes(source)) return undefined;
      seen.add(source);
      return `\0no-layout`;
    },
    load: (id) => (id === '\0no-layout' ? 'export default () => null;' : undefined),
    buildEnd(error) {
      const missed = unused.filter((source) => !seen.has(source));
      if (!error && missed.length > 0) throw new Error(`AppLayout no longer imports ${missed.join(', ')}`);
    },
  };
}
