import type { ListPublicKeysResponse } from '@aws-sdk/client-cloudtrail';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { type PublicKeys, verifyDirectory } from '../trails/verify-directory.ts';

interface VerifyFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard audit verify`: whether files that trails delivered to a directory are as they were. */
export async function verifyAudit(invocation: Invocation, flags: VerifyFlags, directory: string): Promise<ExitCode> {
  refuseUrl(directory);
  const keys = await withClient(invocation, flags, async (client) => {
    const answer = await client.cloudTrail('ListPublicKeys', { StartTime: 0 });
    return keysOf(answer);
  });
  const printer = new Printer(invocation);
  const found = await verifyDirectory(directory, keys);
  if (flags.json) {
    printer.json(found);
  } else {
    for (const { path, problem } of found.problems) printer.line(`${path}\t${problem}`);
    printer.line(`${found.digests} digests and ${found.files} files looked at, ${found.problems.length} problems.`);
    if (found.undigested > 0) printer.note(`${found.undigested} files are in no digest yet: nothing is known of them.`);
  }
  if (found.digests === 0 && !flags.json) printer.note(`There is no digest below ${directory}.`);
  return found.problems.length === 0 && found.digests > 0 ? 0 : 1;
}

/** In a bucket signatures are in the metadata of objects, which the AWS CLI reads. */
function refuseUrl(directory: string): void {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(directory)) return;
  throw new UsageError(
    `audit verify looks at a directory, not at ${directory}: what was delivered to S3 is checked by ` +
      'aws cloudtrail validate-logs --trail-arn ARN --start-time TIME, with the endpoint of S3 in the profile',
  );
}

/** In JSON the keys are base64. */
function keysOf({ PublicKeyList = [] }: ListPublicKeysResponse): PublicKeys {
  return new Map(
    PublicKeyList.map(({ Fingerprint = '', Value }) => [Fingerprint, Buffer.from(String(Value), 'base64')] as const),
  );
}
