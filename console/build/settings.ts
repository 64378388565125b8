import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { firstChunks } from './first-chunks.ts';
import { messagesPlugin } from './messages-plugin.ts';
import { oneLayoutPlugin } from './one-layout-plugin.ts';

const root = join(import.meta.dirname, '..');

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
    resolve: { alias: { '#base': baseStyles } },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: firstChunks(root), debugName: 'first page' }] } },
      },
    },
  };
}
