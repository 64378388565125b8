import type { AddCommand } from './add-command.ts';
import { collect } from './job-flags.ts';

export const addCan: AddCommand = (program, invocation, end) => {
  program
    .command('can')
    .description('Say whether policies allow a user an action, and which statement decides; without a server.')
    .argument('<action>', 'such as batch:SubmitJob')
    .argument('[resource]', 'its ARN; without one * is asked, as of actions without resource-level permissions', '*')
    .option('--policy <file>', 'identity-based policy, as JSON; repeatable', collect)
    .option('--boundary <file>', 'permissions boundary, as JSON')
    .option(
      '--context <key=value>',
      'condition key of the request; repeated for another key, or another value',
      collect,
    )
    .option('--json', 'the decision as JSON')
    .action(async (action, resource, flags) =>
      end(await (await import('./commands/can.ts')).can(invocation, flags, { action, resource })),
    );
};
