import { Command, CommanderError } from 'commander';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import { closest } from '../main/closest.ts';
import { OptionsError } from '../main/options.ts';
import { optionNames } from '../main/options-table.ts';
import type { AddCommand } from './add-command.ts';
import { addAudit } from './audit-commands.ts';
import { addConnectionFlags, connectionHelp, envHelp, envOptions } from './connection-flags.ts';
import { addConsole } from './console-command.ts';
import { CommandError, type ExitCode, type Invocation } from './invocation.ts';
import { addJobFlags, addResourceFlags, collect } from './job-flags.ts';
import { addOptionFlags } from './option-flags.ts';
import { Printer } from './output/printer.ts';
import { packageVersion } from './package-version.ts';
import { addCan } from './policy-commands.ts';
import { addArray, addHold, addOverview, addQueues, addRelease, addUsage } from './queue-commands.ts';
import { addUser } from './user-commands.ts';

const exitCodeHelp = `
Exit codes: 0 done; 1 the job failed or the request was refused; 2 the command line or an option is wrong.
run and exec end with the exit code of the job or command (128 + n after signal n), an interrupted command with 130.
`;

/** Runs one command line, without the program's name. Answers the exit code; what went wrong is told on standard error. */
export async function runCommandLine(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = buildProgram(invocation, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explainFailure(invocation, error);
  }
}

/** Commands load their code when they run: `batchyard env` must not pay for the server. */
function buildProgram(invocation: Invocation, end: (code: ExitCode) => void): Command {
  const program = new Command('batchyard')
    .description('AWS Batch that you own: the server, and a client for it.')
    .version(packageVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => invocation.stdout.write(text),
      writeErr: (text) => invocation.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'batchyard: ')),
    })
    .showSuggestionAfterError()
    .addHelpText('after', exitCodeHelp);
  for (const add of [
    addStart,
    addEnv,
    addConsole,
    addRun,
    addSubmit,
    addRerun,
    addJobs,
    addLogs,
    addExec,
    addTop,
    addFailures,
    addExplain,
    addStates,
    addCancel,
    addArray,
    addOverview,
    addQueues,
    addUsage,
    addHold,
    addRelease,
    addSimulate,
    addCan,
    addUser,
    addAudit,
    addBackup,
    addRestore,
    addHosts,
    addInstance,
    addImages,
    addKeys,
    addReset,
    addVersion,
  ]) {
    add(program, invocation, end);
  }
  addHelp(program);
  return program;
}

/** Commander's own goes one command deep, and answers an unknown one with everything. */
function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('Show the help of a command, such as: help states run.')
    .argument('[command...]')
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const found = command.commands.find((each) => each.name() === word);
        if (!found) return program.error(`error: unknown command '${words.join(' ')}'${suggestionFor(word, command)}`);
        command = found;
      }
      command.outputHelp();
    });
}

function suggestionFor(word: string, { commands }: Command): string {
  const meant = closest(
    word,
    commands.map((each) => each.name()),
  );
  return meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
}

const addStart: AddCommand = (program, invocation, end) => {
  const command = program
    .command('start')
    .description('Run the server.')
    .action(async (flags) => end(await (await import('./commands/start.ts')).start(invocation, flags)));
  addOptionFlags(command, optionNames, { grouped: true });
};

const addEnv: AddCommand = (program, invocation, end) => {
  const command = program
    .command('env')
    .description('Print the variables that make any AWS SDK or the aws CLI use the server: eval "$(batchyard env)".')
    .option('--format <shell>', 'posix, fish, powershell or json', 'posix')
    .option('--hosts', "print nothing, and add to /etc/hosts what SDKs need that put 'sync-' before the host")
    .option('--yes', 'add it without asking')
    .action(async (flags) => end(await (await import('./commands/env.ts')).env(invocation, flags)));
  addOptionFlags(command, envOptions, { help: envHelp });
};

const addRun: AddCommand = (program, invocation, end) => {
  const command = program
    .command('run')
    .description('Run a command as a job in the working directory, and end with its exit code.')
    .argument('<command...>', 'the command and its arguments, behind --')
    .passThroughOptions()
    .option('--endpoint <url>', 'run it on this server, not on one of its own')
    .option('--json', 'one JSON object for each event')
    .action(async (words, flags) => end(await (await import('./commands/run.ts')).run(invocation, flags, words)));
  addJobFlags(command);
  addOptionFlags(command, ['port', 'data', 'region', 'engine', 'isolation', 'log.level'], { help: connectionHelp });
};

const addSubmit: AddCommand = (program, invocation, end) => {
  const command = program
    .command('submit')
    .description('Submit a job: of a job definition, or of a command, for which a definition is registered.')
    .argument('[command...]', 'command of the job, behind --')
    .passThroughOptions()
    .option('--definition <name>', 'job definition: a name, name:revision or ARN')
    .option('--queue <name>', 'job queue', 'default')
    .option('--image <image>', 'container image of a command without definition')
    .option('--parameter <name=value>', 'value for a Ref::name of the definition; repeatable', collect)
    .option('--array <size>', 'submit an array of so many children; AWS_BATCH_JOB_ARRAY_INDEX tells them apart')
    .option('--depends-on <job>', 'start only once this job (id or name) has succeeded; repeatable', collect)
    .option('--n-to-n', 'each child of the array waits for the child of the same index of those jobs only')
    .option('--sequential', 'each child of the array waits for the one before it')
    .option('--tag <name=value>', 'tag of the job; repeatable', collect)
    .option('--share <identifier>', 'share of a fair-share queue that the job belongs to')
    .option('--priority <number>', 'place among the jobs of its share, 0 to 9999 (of a command 0 unless given)')
    .option('--wait', 'wait for the end; the exit code says whether the job succeeded')
    .option('--follow', 'wait, and show what the job writes')
    .option('--dry-run', 'submit nothing: say whether it would be taken, where it fits and what it would wait for')
    .option('--json', 'one JSON object for each event')
    .action(async (words, flags) => end(await (await import('./commands/submit.ts')).submit(invocation, flags, words)));
  addJobFlags(command);
  addConnectionFlags(command);
};

/** What every command takes for a job. */
const jobWords = 'job id (ARRAY:7 for a child, JOB#2 for a node), or job name for the newest of that name';

const addRerun: AddCommand = (program, invocation, end) => {
  const command = program
    .command('rerun')
    .description('Submit a job again as it was submitted; of an array all its children, or those that have failed.')
    .argument('<job>', jobWords)
    .option('--failed', 'only children that have failed; they keep their AWS_BATCH_JOB_ARRAY_INDEX and its SIZE')
    .option('--definition <name>', 'with this job definition (default: the revision that it had)')
    .option('--depends-on <job>', 'start only once this job (id or name) has succeeded; repeatable', collect)
    .option('--wait', 'wait for the end; the exit code says whether the job succeeded')
    .option('--follow', 'wait, and show what the job writes')
    .option('--json', 'one JSON object for each event')
    .action(async (job, flags) => end(await (await import('./commands/rerun.ts')).rerun(invocation, flags, job)));
  addResourceFlags(command);
  addConnectionFlags(command);
};

const addJobs: AddCommand = (program, invocation, end) => {
  const command = program
    .command('jobs')
    .description('List jobs, newest first.')
    .option('--queue <name>', 'only this job queue; repeatable', collect)
    .option('--status <status>', 'only this state, such as RUNNABLE; repeatable', collect)
    .option('--name <name>', 'only jobs of this name; a trailing * matches any rest')
    .option('--definition <name>', 'only of this job definition, with or without revision')
    .option('--since <duration>', 'only those submitted in the last so long (90m, 12h, 7d)')
    .option('--share <identifier>', 'only of this share')
    .option('--tag <key=value>', 'only with this tag; KEY alone for whatever value')
    .option('--exit-code <number>', 'only those whose last attempt ended with it')
    .option('--by <who>', 'only those that this user or role submitted: name or ARN')
    .option('--instance <id>', 'only those that ran or run on this instance')
    .option('--reason <words>', 'only those with these words in why they ended')
    .option('--count', 'how many there are, by status')
    .option('--limit <number>', 'at most so many', '50')
    .option('--json', 'a JSON array')
    .action(async (flags) => end(await (await import('./commands/jobs.ts')).jobs(invocation, flags)));
  addConnectionFlags(command);
};

const addLogs: AddCommand = (program, invocation, end) => {
  const command = program
    .command('logs')
    .description('Show what a job wrote; of an array what its children wrote, by time.')
    .argument('<job>', jobWords)
    .option('-f, --follow', 'go on until the job ends')
    .option('--attempt <number>', 'only this attempt')
    .option('--grep <expression>', 'only lines that match this regular expression')
    .option('--since <duration>', 'only lines of the last so long: seconds, or with a unit (90s, 10m, 2h, 1d)')
    .option('--timestamps', 'time of each line')
    .option('--json', 'one JSON object a line')
    .action(async (job, flags) => end(await (await import('./commands/logs.ts')).logs(invocation, flags, job)));
  addConnectionFlags(command);
};

const addExec: AddCommand = (program, invocation, end) => {
  const command = program
    .command('exec')
    .description('Run a command in a running job, with its files, rights and limits, and end with its exit code.')
    .argument('<job>', 'job id, or job name for the newest of that name; of a child ID:index, of a node ID#index')
    .argument('[command...]', 'the command and its arguments, behind -- (default: /bin/sh)')
    .option('--container <name>', 'in this container (default: the first essential one)')
    .action(async (job, words, flags) =>
      end(await (await import('./commands/exec.ts')).exec(invocation, flags, job, words)),
    );
  addConnectionFlags(command);
};

const addTop: AddCommand = (program, invocation, end) => {
  const command = program
    .command('top')
    .description('Show the jobs that run and what they use; every 2 seconds on a terminal, else once.')
    .option('--sort <by>', 'cpu or mem', 'cpu')
    .option('--limit <number>', 'at most so many', '50')
    .option('--once', 'measure for 2 seconds, show that and end')
    .option('--json', 'once, as JSON')
    .action(async (flags) => end(await (await import('./commands/top.ts')).top(invocation, flags)));
  addConnectionFlags(command);
};

const addFailures: AddCommand = (program, invocation, end) => {
  const command = program
    .command('failures')
    .description('Group the failed children of an array, or the failed attempts of a job, by how they failed.')
    .argument('<job>', jobWords)
    .option('--lines <number>', 'so many of the last lines that one of each group wrote', '5')
    .option('--limit <number>', 'at most so many groups, the largest', '20')
    .option('--json', 'all as JSON')
    .action(async (job, flags) => end(await (await import('./commands/failures.ts')).failures(invocation, flags, job)));
  addConnectionFlags(command);
};

const addExplain: AddCommand = (program, invocation, end) => {
  const command = program
    .command('explain')
    .description('Say why a job waits, or why it ended as it did.')
    .argument('<job>', jobWords)
    .option('--verbose', 'also how the job is isolated, which is else told of failed jobs only')
    .option('--timeline', 'also what happened to it, when, and who asked for it')
    .option('--json', 'the whole explanation as JSON')
    .action(async (job, flags) => end(await (await import('./commands/explain.ts')).explain(invocation, flags, job)));
  addConnectionFlags(command);
};

const addCancel: AddCommand = (program, invocation, end) => {
  const command = program
    .command('cancel')
    .description('Cancel jobs that have not started; with --terminate also those that have.')
    .argument('<job...>', `each one a ${jobWords}`)
    .option('--terminate', 'end jobs that have started as well')
    .option('--reason <text>', 'reason to record (default: Cancelled by user, or Terminated by user)')
    .option('--json', 'one JSON object a job')
    .action(async (jobs, flags) => end(await (await import('./commands/cancel.ts')).cancel(invocation, flags, jobs)));
  addConnectionFlags(command);
};

const addStates: AddCommand = (program, invocation, end) => {
  const states = program.command('states').description('Step Functions: try and check state machine definitions.');
  const run = states
    .command('run')
    .description('Run a definition and show it live, on the server that runs here, else on one of its own.')
    .argument('<file>', 'definition in the Amazon States Language, such as nightly.asl.json')
    .option('--input <json>', 'input of the execution (default {})')
    .option('--input-file <file>', 'file with the input')
    .option('--json', 'one JSON object for each event of the history')
    .action(async (file, flags) =>
      end(await (await import('./states/run-definition.ts')).runDefinition(invocation, flags, file)),
    );
  addConnectionFlags(run);
  states
    .command('validate')
    .description('Find all that is wrong in definitions, without a server.')
    .argument('<file...>', 'definitions in the Amazon States Language')
    .option('--express', 'as an Express state machine')
    .option('--json', 'one JSON object a file')
    .action(async (files, flags) =>
      end(await (await import('./states/validate-definition.ts')).validateDefinitions(invocation, flags, files)),
    );
};

const addSimulate: AddCommand = (program, invocation, end) => {
  const command = program
    .command('simulate')
    .description("Say what would become of a workload, by the server's own scheduler.")
    .argument('[workload]', 'JSON lines, or a trace of the Standard Workload Format (.swf)')
    .option('--environment <file>', 'pools, compute environments and job queues, as JSON')
    .option('--policy <file>', 'the environment once more with this scheduling policy, side by side')
    .option('--compare <file...>', 'the same workload in other environments, side by side')
    .option('--from-server', 'simulate what a server has run; a WORKLOAD that is named is written')
    .option('--instance-types <file>', 'a catalogue of instance types, as the option instanceTypes takes it')
    .option('--seed <number>', 'what is drawn depends on it: the same seed, the same report', '1')
    .option('--html <file>', 'write a page with plots, that needs nothing else')
    .option('--json', 'the whole report as JSON')
    .action(async (file, flags) =>
      end(await (await import('./commands/simulate.ts')).simulate(invocation, flags, file)),
    );
  addConnectionFlags(command);
};

const addBackup: AddCommand = (program, invocation, end) => {
  const command = program
    .command('backup')
    .description('Write a backup of a data directory, while its server runs or not.')
    .argument('<directory>', 'directory to make; it must not exist')
    .action(async (to, flags) => end(await (await import('./commands/backup.ts')).backup(invocation, flags, to)));
  addOptionFlags(command, ['port', 'data'], { help: connectionHelp });
};

const addRestore: AddCommand = (program, invocation, end) => {
  const command = program
    .command('restore')
    .description('Make a data directory, missing or empty, of a backup.')
    .argument('<directory>', 'the backup')
    .action(async (from, flags) => end(await (await import('./commands/backup.ts')).restore(invocation, flags, from)));
  addOptionFlags(command, ['data']);
};

const addKeys: AddCommand = (program, invocation, end) => {
  const keys = program.command('keys').description('The keys that values of secrets and parameters are sealed under.');
  const command = keys
    .command('rotate')
    .description('Make a new key, seal all values anew under it, and forget the old one. The server must run.')
    .option('--json', 'what was done as JSON')
    .action(async (flags) => end(await (await import('./commands/keys.ts')).rotateKeys(invocation, flags)));
  addConnectionFlags(command);
};

const addImages: AddCommand = (program, invocation, end) => {
  const images = program.command('images').description('The images that process jobs run in.');
  const commands = async () => await import('./commands/images.ts');
  const each = [
    images
      .command('ls', { isDefault: true })
      .description('List those that are here.')
      .action(async (flags) => end(await (await commands()).listImages(invocation, flags))),
    images
      .command('pull')
      .description('Pull one before a job asks for it.')
      .argument('<name>', 'as a definition has it, such as alpine:3')
      .action(async (name, flags) => end(await (await commands()).pullImage(invocation, flags, name))),
    images
      .command('prune')
      .description('Remove those that no job uses.')
      .argument('[name...]', 'of these alone')
      .action(async (names, flags) => end(await (await commands()).pruneImages(invocation, flags, names))),
    images
      .command('import')
      .description('Take in an archive of docker save, or an OCI layout, on the server’s machine.')
      .argument('<path>', 'a tar, or a directory')
      .option('--name <name>', 'the name to give it')
      .action(async (path, flags) => end(await (await commands()).importImages(invocation, flags, path))),
  ];
  for (const command of each) addConnectionFlags(command.option('--json', 'the answer as JSON'));
};

const addHosts: AddCommand = (program, invocation, end) => {
  const commands = async () => await import('./commands/hosts.ts');
  const each = [
    program
      .command('hosts')
      .alias('instances')
      .description('List the instances of compute environments, or tell what one was launched with.')
      .argument('[instance]', 'its id, i-...')
      .action(async (instance: string | undefined, flags) => {
        const { host, hosts } = await commands();
        end(await (instance === undefined ? hosts(invocation, flags) : host(invocation, flags, instance)));
      }),
    program
      .command('drain')
      .description('Let an instance take no more jobs: it goes with the last of those that run on it.')
      .argument('<instance>', 'its id, i-...')
      .action(async (instance, flags) => end(await (await commands()).drain(invocation, flags, instance))),
    program
      .command('interrupt')
      .description('End an instance and what runs on it, as Spot does: jobs are tried again by their rules.')
      .argument('<instance>', 'its id, i-...')
      .action(async (instance, flags) => end(await (await commands()).interrupt(invocation, flags, instance))),
  ];
  for (const command of each) addConnectionFlags(command.option('--json', 'the answer as JSON'));
};

const addInstance: AddCommand = (program, invocation, end) => {
  const commands = async () => await import('./commands/instance.ts');
  const instance = program
    .command('instance')
    .description('Give UNMANAGED compute environments slices of the machine.');
  const each = [
    instance
      .command('register')
      .description(
        "Register a slice of the server's machine as an instance: what is not said is what the machine has, GPUs only where nothing is.",
      )
      .requiredOption('--environment <name>', 'the compute environment')
      .option('--vcpus <count>', 'its vCPUs')
      .option('--memory <size>', 'its memory: MiB, or with a unit (2048, 512MiB, 2GiB)')
      .option('--gpus <count>', 'its GPUs')
      .option('--name <name>', 'a name for people: its tag Name')
      .action(async (flags) => end(await (await commands()).register(invocation, flags))),
    instance
      .command('deregister')
      .description('Take an instance back that was registered, and that no job runs on.')
      .argument('<instance>', 'its id, i-...')
      .option('--force', 'also one that jobs run on: those end as where a machine is lost')
      .action(async (id, flags) => end(await (await commands()).deregister(invocation, flags, id))),
  ];
  for (const command of each) addConnectionFlags(command.option('--json', 'the answer as JSON'));
};

const addReset: AddCommand = (program, invocation, end) => {
  const command = program
    .command('reset')
    .description('Empty a data directory: jobs, logs, resources and the root access key. No server may be using it.')
    .option('-y, --yes', 'do not ask')
    .action(async (flags) => end(await (await import('./commands/reset.ts')).reset(invocation, flags)));
  addOptionFlags(command, ['data']);
};

const addVersion: AddCommand = (program, invocation, end) => {
  program
    .command('version')
    .description('Print the version.')
    .option('--json', 'as JSON')
    .action(async (flags) => end(await (await import('./commands/version.ts')).version(invocation, flags)));
};

/** Commander has already told its own errors. Anything unforeseen is a bug and keeps its stack. */
function explainFailure(invocation: Invocation, error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  new Printer(invocation).note(`batchyard: ${wordsOf(error)}`);
  if (error instanceof OptionsError) return 2;
  return error instanceof CommandError ? error.exitCode : 1;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isForUsers(error)) return error.message;
  return isSystemError(error) ? systemErrorWords(error) : (error.stack ?? error.message);
}

/** Errors of the store and the engines whose messages say what to do. By name, so that `env` need not load either. */
const namesForUsers: ReadonlySet<string> = new Set([
  'StoreUnavailable',
  'EngineUnavailable',
  'DamagedCredentials',
  'PortTaken',
]);

function isForUsers(error: Error): boolean {
  return error instanceof CommandError || error instanceof OptionsError || namesForUsers.has(error.name);
}
