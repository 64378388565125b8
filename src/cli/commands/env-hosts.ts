import { quotePosix } from '../../core/quote-posix.ts';
import { isSystemError, systemErrorWords } from '../../core/system-error.ts';
import type { CompiledOptions } from '../../main/compiled-options.ts';
import { appendLine, type HostsEntry, planEntry, readHosts } from '../hosts-file.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { findEndpoint } from '../sync-host.ts';

/**
 * `batchyard env --hosts`: gives the server's address names in /etc/hosts which SDKs may put `sync-`, `stream-` and `streaming-` before, unless there are
 * some already. Shows the line, and writes it once the user agrees. Makes nothing else, no key either: root may run it for
 * somebody else.
 */
export async function envHosts(
  invocation: Invocation,
  listen: CompiledOptions['listen'],
  agreed: boolean,
): Promise<ExitCode> {
  const printer = new Printer(invocation);
  const { sync } = await findEndpoint(listen, invocation.resolve);
  if (sync.kind === 'impossible') throw new CommandError(`no line of ${invocation.hostsFile} helps: ${sync.reason}`);
  const lacking = sync.kind === 'missing' ? sync : sync.streams;
  if (lacking.kind === 'missing') {
    await addEntry(invocation, lacking.entry, agreed);
    printer.note(`batchyard: ${invocation.hostsFile} has the line. Now run: eval "$(batchyard env)"`);
  } else if (sync.kind === 'found') {
    printer.note(`batchyard: ${sync.name} and sync-${sync.name} lead to the server already: nothing to add.`);
  }
  return 0;
}

async function addEntry(invocation: Invocation, entry: HostsEntry, agreed: boolean): Promise<void> {
  const { hostsFile: file, stderr } = invocation;
  const content = readHosts(file);
  const change = planEntry(content, entry);
  if (change.kind === 'conflict') {
    const { name, address, lineNumber } = change;
    throw new CommandError(`${file} gives ${name} the address ${address} in line ${lineNumber}: take that away first`);
  }
  if (change.kind === 'none') throw new CommandError(notHeeded(file));
  stderr.write(
    `batchyard: for StartSyncExecution, TestState and StartLiveTail, to be added to ${file}:\n  ${change.line}\n`,
  );
  if (!agreed) await askFirst(invocation);
  write(file, content, change.line);
  const found = await invocation.resolve(entry.names);
  if (!entry.names.every((name) => found[name]?.includes(entry.address))) throw new CommandError(notHeeded(file));
}

async function askFirst({ confirm, hostsFile }: Invocation): Promise<void> {
  const answer = await confirm('Add it? [y/N] ');
  if (answer === undefined) throw new UsageError('nobody is there to ask: confirm with --yes');
  if (!answer) throw new CommandError(`${hostsFile} is as it was`);
}

function write(file: string, content: string, line: string): void {
  try {
    appendLine(file, content, line);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const byHand = `echo ${quotePosix(line)} | sudo tee -a ${quotePosix(file)}`;
    throw new CommandError(
      `${systemErrorWords(error)}: let somebody who may add the line, such as: ${byHand}. In a container name the hosts ` +
        'when it is made (docker run --add-host).',
      { cause: error },
    );
  }
}

function notHeeded(file: string): string {
  return (
    `the names are in ${file}, and this system does not find them there: the line 'hosts:' of /etc/nsswitch.conf must have ` +
    "'files', and a cache (nscd) may have to be emptied"
  );
}
