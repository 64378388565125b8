import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { firstChunks } from './first-chunks.ts';
import { messagesPlugin } from './messages-plugin.ts';
import { oneLayoutPlugin } from './one-layout-plugin.ts';

const root = join(import.meta.dirname, '..');

/**
 * Cloudscape's design tokens. Of another package of theirs they are public, of this one they are not; but what is written down twice
 * would differ after an update, and a token that is gone fails the build.
 */
const components = dirname(createRequire(import.meta.url).resolve('@cloudscape-design/components/package.json'));
const tokens = join(components, 'internal/generated/styles/tokens.js');

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
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { output: { codeSplitting: { groups: firstChunks(join(root, 'src')) } } },
    },
  };
}
