import type { AddCommand } from './add-command.ts';
import { addConnectionFlags } from './connection-flags.ts';

export const addAudit: AddCommand = (program, invocation, end) => {
  const command = program
    .command('audit')
    .description('Show who called what, the newest first: one of --user, --event, --resource, --service or --id.')
    .option('--user <name>', 'calls of one user or session, such as root')
    .option('--event <operation>', 'calls of one operation, such as SubmitJob')
    .option('--resource <name>', 'calls about one resource, by ARN or name')
    .option('--service <name>', 'calls of one service, such as batch')
    .option('--id <id>', 'the call with this event id')
    .option('--since <duration>', 'calls of the last so long (90m, 12h, 7d)', '1d')
    .option('--limit <count>', 'show at most so many', '50')
    .option('--json', 'whole records of CloudTrail, one a line')
    .action(async (flags) => end(await (await import('./commands/audit.ts')).audit(invocation, flags)));
  addConnectionFlags(command);
  const verify = command
    .command('verify')
    .description(
      'Check files that trails delivered to a directory: signatures of digests, their chain, and the hashes of all files.',
    )
    .argument('<directory>', 'the directory of trails, which has one for each bucket')
    .option('--json', 'what was found as JSON')
    .action(async (directory, flags) =>
      end(await (await import('./commands/audit-verify.ts')).verifyAudit(invocation, flags, directory)),
    );
  addConnectionFlags(verify);
};
