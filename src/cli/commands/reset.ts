import { discardOutside } from '../../engines/process/index.ts';
import { isDataDirectory } from '../../main/backup.ts';
import { isInDataDirectory } from '../../main/data-directory.ts';
import { emptyInBackground, withDataLocked } from '../data-directory.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { endRunners } from '../leftover-runners.ts';
import { resolveOptions } from '../option-flags.ts';
import { Printer } from '../output/printer.ts';

interface ResetFlags {
  readonly yes?: boolean;
  readonly config?: string;
}

/** `batchyard reset`: empties a data directory; what still runs from it is ended first. */
export async function reset(invocation: Invocation, flags: ResetFlags): Promise<ExitCode> {
  const { directory } = resolveOptions(invocation, flags, ['data']).data;
  const printer = new Printer(invocation);
  if (!isInDataDirectory(directory)) {
    printer.note(`${directory} does not exist: nothing to reset.`);
    return 0;
  }
  if (!isDataDirectory(directory)) throw new CommandError(`${directory} is not a data directory of Batchyard`);
  if (!flags.yes)
    throw new UsageError(`this deletes all jobs, logs and the access key in ${directory}; confirm with --yes`);
  await withDataLocked(directory, async () => {
    await endRunners(directory, invocation.clock);
    discardOutside(directory);
    emptyInBackground(directory, invocation.random);
  });
  printer.note(`${directory} is empty.`);
  return 0;
}
