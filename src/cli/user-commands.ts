import type { AddCommand } from './add-command.ts';
import { addConnectionFlags } from './connection-flags.ts';
import { collect } from './job-flags.ts';

export const addUser: AddCommand = (program, invocation, end) => {
  const commands = async () => await import('./commands/users.ts');
  const user = program.command('user').description('The users of IAM, who may do what their policies allow.');
  const each = [
    user
      .command('add')
      .description(
        'Make a user with an access key, and print the variables that make SDKs and the aws CLI call as that user.',
      )
      .argument('<name>', 'name of the user, such as anna')
      .option(
        '--policy <policy>',
        'what the user may do: ARN of a managed policy, or a file with one as JSON; repeatable',
        collect,
      )
      .option('--format <shell>', 'posix, fish, powershell or json', 'posix')
      .action(async (name, flags) => end(await (await commands()).addUser(invocation, flags, name))),
    user
      .command('ls', { isDefault: true })
      .description('List the users, with their access keys and policies.')
      .option('--json', 'a JSON array')
      .action(async (flags) => end(await (await commands()).listUsers(invocation, flags))),
    user
      .command('rm')
      .description('Delete users, with their access keys and their own policies. What they sign is refused at once.')
      .argument('<name...>', 'names of users')
      .action(async (names, flags) => end(await (await commands()).removeUsers(invocation, flags, names))),
  ];
  for (const command of each) addConnectionFlags(command);
};
