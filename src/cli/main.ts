import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Compiled code is kept beside the installed packages: a second start takes half the time. Where that place cannot be
// written Node.js goes on without; a shared temporary directory would let other users plant code.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/batchyard', import.meta.url)));

const { runCommandLine } = await import('./program.ts');
const { processInvocation } = await import('./process-invocation.ts');

// The clock's timers do not keep the process alive: a command that only waits would end in the middle.
const alive = setInterval(() => {}, 2 ** 30);
const words = process.argv.slice(2);
process.exitCode = await runCommandLine(processInvocation(process.env, words[0] === 'start'), words);
clearInterval(alive);
