import { processInvocation } from './process-invocation.ts';
import { runCommandLine } from './program.ts';

// The clock's timers do not keep the process alive: a command that only waits would end in the middle.
const alive = setInterval(() => {}, 2 ** 30);
const words = process.argv.slice(2);
process.exitCode = await runCommandLine(processInvocation(process.env, words[0] === 'start'), words);
clearInterval(alive);
