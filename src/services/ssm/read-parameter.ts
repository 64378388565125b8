import type { Parameter } from '@aws-sdk/client-ssm';
import type { RequestContext } from '../../core/operation.ts';
import { readSelection } from './names.ts';
import { selectVersion } from './parameters.ts';
import { publicParameter } from './public-parameters.ts';
import type { SsmRuntime } from './runtime.ts';
import { referredSecret, secretAsParameter } from './secret-references.ts';
import { parameterOf } from './views.ts';

/** The parameter that a name or ARN names, with or without a version or label: ours, AWS's own, or a secret. */
export function readParameter(
  runtime: SsmRuntime,
  context: RequestContext,
  given: string,
  withDecryption: boolean,
): Parameter | Promise<Parameter> {
  const { names = [], selector } = readSelection(context, given) ?? {};
  for (const name of names) {
    const secret = referredSecret(name);
    if (secret !== undefined) return secretAsParameter(runtime, context, { secret, selector, withDecryption });
    const found = selector === undefined ? publicParameter(context, name) : undefined;
    if (found) return found;
  }
  return parameterOf(runtime, selectVersion(runtime.ledger, context, given), { withDecryption, selector });
}
