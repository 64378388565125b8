/**
 * Compiles `src` to `dist`, and builds the console to `dist/console`: what the package ships, because Node.js strips no types
 * under node_modules.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
// Data that modules read from beside them.
for (const path of globSync('**/{*.bin,catalogue.json}', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', path), join(root, 'dist', path));
}
const built = spawnSync(process.execPath, ['console/build/build.ts', 'dist/console'], { cwd: root, stdio: 'inherit' });
process.exitCode = status || built.status || 0;
