import type { AddCommand } from './add-command.ts';
import { addConnectionFlags } from './connection-flags.ts';
import { collect } from './job-flags.ts';

export const addCan: AddCommand = (program, invocation, end) => {
  const command = program
    .command('can')
    .usage('[options] [principal] <action> [resource]')
    .description(
      'Say whether policies allow an action, and which statement decides: those of a user, role or group, or those in files.',
    )
    .argument(
      '<words...>',
      'whom the server has: a user name, role/NAME, group/NAME or an ARN; nobody is asked about where files alone decide. An action such as batch:SubmitJob. ' +
        'The ARN of a resource; without one * is asked, as of actions without resource-level permissions',
    )
    .option('--policy <file>', 'identity-based policy, as JSON, beside those of the principal; repeatable', collect)
    .option('--boundary <file>', 'permissions boundary, as JSON')
    .option(
      '--context <key=value>',
      'condition key of the request; repeated for another key, or another value',
      collect,
    )
    .option('--json', 'the decision as JSON')
    .action(async (words, flags) => end(await (await import('./commands/can.ts')).can(invocation, flags, words)));
  addConnectionFlags(command);
};
