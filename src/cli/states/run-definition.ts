import { basename } from 'node:path';
import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';

import { ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { connect, namedEndpoint } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { LiveBlock } from '../output/live-block.ts';
import { Printer } from '../output/printer.ts';
import { withOwnServer } from '../own-server.ts';
import { watchAndStop } from '../watch/interruption.ts';
import { awayWords } from '../watch/watch.ts';
import { ExecutionTree } from './execution-tree.ts';
import { readText } from './read-text.ts';
import { failureText, treeLines } from './tree-lines.ts';
import { watchExecution } from './watch-execution.ts';

export interface RunDefinitionFlags extends ConnectionFlags {
  readonly input?: string;
  readonly inputFile?: string;
  readonly json?: boolean;
}

/** The role that a trial runs with: recorded, as any. */
const trialRole = 'arn:aws:iam::123456789012:role/batchyard-states-run';

/**
 * `batchyard states run FILE`: runs a definition on the server that flags and environment name, or on one of its own when
 * none of them names one and none runs here; shows it live. The state machine is deleted afterwards. 0 when the execution
 * succeeded, 1 otherwise, 130 when it was interrupted.
 */
export async function runDefinition(
  invocation: Invocation,
  flags: RunDefinitionFlags,
  file: string,
): Promise<ExitCode> {
  const definition = readText(file);
  const input = inputOf(flags);
  const work = (client: Client) =>
    runOn(invocation, client, { name: nameOf(file, invocation), definition, input }, flags);
  const client = await findServer(invocation, flags);
  if (!client) {
    new Printer(invocation).note('No server runs here: this one lasts as long as the execution.');
    return withOwnServer(invocation, {}, work);
  }
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

interface Trial {
  readonly name: string;
  readonly definition: string;
  readonly input: string;
}

async function findServer(invocation: Invocation, flags: ConnectionFlags): Promise<Client | undefined> {
  const isNamed = flags.port !== undefined || flags.data !== undefined || namedEndpoint(flags, invocation.environment);
  if (isNamed) return connect(invocation, flags);
  try {
    const client = connect(invocation, flags);
    await client.states('ListActivities', { maxResults: 1 });
    return client;
  } catch (error) {
    if (error instanceof ServerUnreachable || error instanceof CommandError) return undefined;
    throw error;
  }
}

async function runOn(
  invocation: Invocation,
  client: Client,
  { name, definition, input }: Trial,
  { json }: RunDefinitionFlags,
): Promise<ExitCode> {
  const { stateMachineArn } = await client.states('CreateStateMachine', { name, definition, roleArn: trialRole });
  try {
    const { executionArn = '' } = await client.states('StartExecution', { stateMachineArn, input });
    return await follow(invocation, client, executionArn, json === true);
  } finally {
    await client.states('DeleteStateMachine', { stateMachineArn });
  }
}

/** Ctrl-C stops the execution, and with it what it started. */
function follow(invocation: Invocation, client: Client, executionArn: string, json: boolean): Promise<ExitCode> {
  const stop = (cause: string) => client.states('StopExecution', { executionArn, cause });
  return watchAndStop(invocation, { what: 'the execution', verb: ['Stopping', 'stopped'], stop }, async () => {
    const execution = await show(invocation, client, executionArn, json);
    return execution.status === 'SUCCEEDED' ? 0 : 1;
  });
}

async function show(
  invocation: Invocation,
  client: Client,
  executionArn: string,
  json: boolean,
): Promise<DescribeExecutionOutput> {
  const shower = json ? new JsonShower(invocation) : new TreeShower(invocation);
  const onAway = () => shower.away();
  for await (const news of watchExecution({ clock: invocation.clock, onAway }, client, executionArn)) {
    if (news.kind === 'event') shower.event(news.event);
    else if (news.kind === 'waiting') shower.waiting();
    else {
      shower.ended(news.execution);
      return news.execution;
    }
  }
  throw new CommandError(`nothing was told of the end of ${executionArn}`);
}

interface Shower {
  /** The server does not answer. */
  away(): void;
  event(event: HistoryEvent): void;
  waiting(): void;
  ended(execution: DescribeExecutionOutput): void;
}

/** One JSON object for each event of the history; the execution as DescribeExecution gives it at the end. */
class JsonShower implements Shower {
  readonly #printer: Printer;

  constructor(invocation: Invocation) {
    this.#printer = new Printer(invocation);
  }

  away(): void {
    this.#printer.note(awayWords);
  }

  event(event: HistoryEvent): void {
    this.#printer.json(event);
  }

  waiting(): void {}

  ended(execution: DescribeExecutionOutput): void {
    this.#printer.json(execution);
  }
}

/** The tree on standard error, live on a terminal; the output on standard output, so that it can be piped on. */
class TreeShower implements Shower {
  readonly #invocation: Invocation;
  readonly #printer: Printer;
  readonly #tree = new ExecutionTree();
  readonly #block: LiveBlock;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#printer = new Printer(invocation);
    this.#block = new LiveBlock(invocation.stderr, invocation.environment.TERM);
  }

  away(): void {
    this.#block.erase();
    this.#printer.note(awayWords);
  }

  event(event: HistoryEvent): void {
    this.#tree.add(event);
    if (!this.#block.isShown) this.#announce(event);
  }

  waiting(): void {
    this.#block.draw(this.#lines());
  }

  ended({ status = 'RUNNING', error, cause, output }: DescribeExecutionOutput): void {
    this.#block.erase();
    if (this.#block.isShown) for (const line of this.#lines()) this.#printer.note(line);
    const failure =
      error === undefined && cause === undefined ? '' : `  ${failureText({ error: error ?? '', cause: cause ?? '' })}`;
    this.#printer.note(`${this.#printer.noteStyle(status === 'SUCCEEDED' ? 'green' : 'red', status)}${failure}`);
    if (output !== undefined) this.#printer.line(output);
  }

  #lines(): string[] {
    return treeLines(this.#tree, this.#printer, this.#invocation.clock.now());
  }

  /** Without a terminal: a line for each state that begins or ends, and for each failure. */
  #announce(event: HistoryEvent): void {
    const name = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
    const details = event.taskFailedEventDetails ?? event.taskTimedOutEventDetails ?? event.activityFailedEventDetails;
    const place = this.#tree
      .iterationsAt(event)
      .map((index) => `[${index}] `)
      .join('');
    if (details)
      this.#printer.note(
        `FAILED    ${place}${failureText({ error: details.error ?? '', cause: details.cause ?? '' })}`,
      );
    if (name !== undefined) {
      this.#printer.note(`${event.stateEnteredEventDetails ? 'ENTERED ' : 'EXITED  '}  ${place}${name}`);
    }
  }
}

function inputOf({ input, inputFile }: RunDefinitionFlags): string {
  if (input !== undefined && inputFile !== undefined) throw new UsageError('give --input or --input-file, not both');
  return inputFile === undefined ? (input ?? '{}') : readText(inputFile);
}

/** A name of its own, so that no state machine of the user is touched. */
function nameOf(file: string, { random }: Invocation): string {
  const base = basename(file).replace(/\.json$|\.asl$|\.asl\.json$/g, '');
  return `run-${base.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)}-${Buffer.from(random.bytes(4)).toString('hex')}`;
}
