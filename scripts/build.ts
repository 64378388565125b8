/** Compiles `src` to `dist`: what the package ships, because Node.js strips no types under node_modules. */
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
process.exitCode = status ?? 1;
