import { basename, extname } from 'node:path';
import { readPolicy } from '../../iam/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import { namedEndpoint } from '../connection.ts';
import { type ConnectionFlags, connectionOptions } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { exportFormat, formatExports } from '../output/exports.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';
import { resolveServer } from '../server-options.ts';
import { namedAsFound, serverVariables } from '../server-variables.ts';
import { readText } from '../states/read-text.ts';
import { findEndpoint } from '../sync-host.ts';
import { allOf, removeUser, type StoredUser, storedUser } from './stored-user.ts';

interface AddFlags extends ConnectionFlags {
  readonly policy?: readonly string[];
  readonly format?: string;
}

/** `batchyard user add`: a user with policies and an access key, whose variables are printed as `batchyard env` does the root key's. */
export async function addUser(invocation: Invocation, flags: AddFlags, name: string): Promise<ExitCode> {
  const format = exportFormat(flags.format);
  const policies = (flags.policy ?? []).map(givenPolicy);
  await withClient(invocation, flags, async (client) => {
    // First: a key whose variables cannot be printed is lost.
    const server = await foundServer(invocation, flags, client);
    const key = await makeUser(client, name, policies);
    const variables = serverVariables({ ...server, region: client.region, key });
    invocation.stdout.write(formatExports(variables, format));
  });
  const printer = new Printer(invocation);
  if (policies.length === 0) printer.note(`batchyard: ${name} may do nothing yet: no --policy was given.`);
  return 0;
}

type GivenPolicy =
  | { readonly kind: 'managed'; readonly arn: string }
  | { readonly kind: 'own'; readonly name: string; readonly text: string };

/** A file becomes a policy of the user's own, under its name. Checked before there is a user. */
function givenPolicy(given: string): GivenPolicy {
  if (given.startsWith('arn:')) return { kind: 'managed', arn: given };
  const text = readText(given);
  const reading = readPolicy(text, 'identity');
  if (reading.kind === 'policy') return { kind: 'own', name: basename(given, extname(given)), text };
  const { at, message } = reading;
  throw new UsageError(`${given}${at ? `:${at.line}:${at.column}` : ''}: ${message}`);
}

/** Whole or not at all: a user whose policies or key are refused is taken back. */
async function makeUser(client: Client, UserName: string, policies: readonly GivenPolicy[]) {
  await client.iam('CreateUser', { UserName });
  try {
    for (const policy of policies) await givePolicy(client, UserName, policy);
    const answer = await client.iam('CreateAccessKey', { UserName });
    const accessKeyId = answer.text('AccessKey', 'AccessKeyId') ?? '';
    return { accessKeyId, secretAccessKey: answer.text('AccessKey', 'SecretAccessKey') ?? '' };
  } catch (error) {
    await removeUser(client, UserName);
    throw error;
  }
}

async function givePolicy(client: Client, UserName: string, policy: GivenPolicy): Promise<void> {
  if (policy.kind === 'managed') await client.iam('AttachUserPolicy', { UserName, PolicyArn: policy.arn });
  else await client.iam('PutUserPolicy', { UserName, PolicyName: policy.name, PolicyDocument: policy.text });
}

/** The server as `batchyard env` names it; one that was named is called as it was. */
async function foundServer(invocation: Invocation, flags: ConnectionFlags, client: Client) {
  const { resolve, environment } = invocation;
  if (namedEndpoint(flags, environment) !== undefined) return await namedAsFound(client.endpoint, resolve);
  const { options } = resolveServer(invocation, flags, connectionOptions);
  return { ...(await findEndpoint(options.listen, resolve)), s3Endpoint: options.s3.endpoint };
}

/** `batchyard user ls`: the users, by name. */
export async function listUsers(
  invocation: Invocation,
  flags: ConnectionFlags & { json?: boolean },
): Promise<ExitCode> {
  const users = await withClient(invocation, flags, readUsers);
  const printer = new Printer(invocation);
  if (flags.json) {
    printer.line(JSON.stringify(users, undefined, 2));
    return 0;
  }
  const { stdout } = invocation;
  const [head = '', ...rows] = formatTable(columns, users, stdout.isTTY ? stdout.columns : undefined);
  if (rows.length === 0) printer.note('No users: there is the root key alone.');
  else printer.line(printer.style('bold', head));
  for (const row of rows) printer.line(row);
  return 0;
}

/** One after the other: each is asked about by several calls at a time. */
async function readUsers(client: Client): Promise<readonly StoredUser[]> {
  const users: StoredUser[] = [];
  for (const user of await allOf('Users', (page) => client.iam('ListUsers', page))) {
    users.push(await storedUser(client, user));
  }
  return users;
}

const columns: readonly Column<StoredUser>[] = [
  { heading: 'USER', text: ({ name }) => name },
  { heading: 'ACCESS KEYS', text: ({ accessKeys }) => words(accessKeys.map(({ id, status }) => keyWord(id, status))) },
  { heading: 'POLICIES', text: ({ attached, inline }) => words([...attached.map(nameIn), ...inline]) },
  { heading: 'GROUPS', text: ({ groups }) => words(groups) },
  { heading: 'SINCE', text: ({ createdAt }) => createdAt },
];

function keyWord(id: string, status: string): string {
  return status === 'Active' ? id : `${id} (${status.toLowerCase()})`;
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function words(each: readonly string[]): string {
  return each.length === 0 ? '-' : each.join(', ');
}

/** `batchyard user rm`: deletes users. One that cannot be keeps none of the others from it. */
export async function removeUsers(
  invocation: Invocation,
  flags: ConnectionFlags,
  names: readonly string[],
): Promise<ExitCode> {
  const printer = new Printer(invocation);
  let exitCode = 0;
  await withClient(invocation, flags, async (client) => {
    for (const name of names) {
      try {
        await removeUser(client, name);
        printer.line(`${name} is deleted.`);
      } catch (error) {
        if (!(error instanceof CommandError) || names.length === 1) throw error;
        printer.note(`batchyard: ${name}: ${error.message}`);
        exitCode = 1;
      }
    }
  });
  return exitCode;
}
