import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { firstChunks } from './first-chunks.ts';
import { messagesPlugin } from './messages-plugin.ts';
import { oneLayoutPlugin } from './one-layout-plugin.ts';

type ServerCode = Pick<NonNullable<NonNullable<InlineConfig['build']>['rolldownOptions']>, 'treeshake' | 'onLog'>;

const root = join(import.meta.dirname, '..');
const server = join(root, '../src/');

/**
 * Cloudscape's design tokens. Of another package of theirs they are public, of this one they are not; but what is written down twice
 * would differ after an update, and a token that is gone fails the build.
 */
const components = dirname(createRequire(import.meta.url).resolve('@cloudscape-design/components/package.json'));
const tokens = join(components, 'internal/generated/styles/tokens.js');

/**
 * The server's own code, which the simulator's worker has: what of it is not used there is left out, though it stands beside what is,
 * behind one index. None of it does anything by being loaded.
 */
const serverCode: ServerCode = {
  treeshake: { moduleSideEffects: (id: string) => !id.startsWith(server) },
  onLog: (level, log, handle) => {
    const isOfServer = log.message.includes(`browser compatibility, imported by "${server}`);
    if (!isOfServer) handle(level, log);
  },
};

/**
 * How Vite builds the console to `outDir`, with the styles that `writeBaseStyles` wrote to `baseStyles`. Nothing is inlined: the
 * page's policy lets no `data:` through.
 */
export function buildSettings(outDir: string, baseStyles: string): InlineConfig {
  return {
    root,
    base: '/console/',
    configFile: false,
    logLevel: 'warn',
    plugins: [messagesPlugin(join(root, 'src')), oneLayoutPlugin(), react()],
    resolve: { alias: { '#base': baseStyles, 'virtual:tokens': tokens } },
    worker: { format: 'es', rolldownOptions: serverCode },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        ...serverCode,
        output: { codeSplitting: { groups: firstChunks(join(root, 'src')) } },
      },
    },
  };
}
