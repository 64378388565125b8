import type { AddCommand } from './add-command.ts';
import { addConnectionFlags } from './connection-flags.ts';

export const addConsole: AddCommand = (program, invocation, end) => {
  const command = program
    .command('console')
    .description('Open the console in the browser of this machine, signed in as who calls.')
    .option('--no-open', 'print the link, which signs in once within a minute, and open nothing')
    .option('--json', 'the link as JSON')
    .action(async (flags) => end(await (await import('./commands/console.ts')).openConsole(invocation, flags)));
  addConnectionFlags(command);
};
