import type { OptionName } from '../../main/options-table.ts';
import { openRootCredentials } from '../../main/root-credentials.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { resolveOptions } from '../option-flags.ts';
import { exportFormats, formatExports } from '../output/exports.ts';
import { findEndpoint } from '../sync-host.ts';

export const envOptions: readonly OptionName[] = ['port', 'data', 'region', 'account', 's3.endpoint'];

/**
 * `batchyard env`: prints what makes any SDK or the aws CLI use the server of a data directory. The root access key is
 * created if no server ever ran there, so that the order of `env` and `start` does not matter.
 */
export async function env(
  invocation: Invocation,
  flags: { readonly format?: string; readonly config?: string },
): Promise<ExitCode> {
  const format = exportFormats.find((each) => each === (flags.format ?? 'posix'));
  if (!format) throw new UsageError(`--format must be one of ${exportFormats.join(', ')}`);
  const options = resolveOptions(invocation, flags, envOptions);
  const key = openRootCredentials(options.data.directory, options.account, invocation.random);
  const { endpoint, note } = await findEndpoint(options.listen, invocation.resolve);
  const set = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    ...(options.s3Endpoint !== undefined && { AWS_ENDPOINT_URL_S3: options.s3Endpoint }),
  };
  invocation.stdout.write(formatExports({ set, unset: ['AWS_PROFILE', 'AWS_SESSION_TOKEN'], note }, format));
  return 0;
}
