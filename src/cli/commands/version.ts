import type { ExitCode, Invocation } from '../invocation.ts';
import { packageVersion } from '../package-version.ts';

/** `batchyard version`. */
export async function version(invocation: Invocation, flags: { readonly json?: boolean }): Promise<ExitCode> {
  const versions = { batchyard: packageVersion(), node: process.versions.node };
  const text = flags.json ? JSON.stringify(versions) : `batchyard ${versions.batchyard} (Node.js ${versions.node})`;
  invocation.stdout.write(`${text}\n`);
  return 0;
}
