import type { ServiceError } from '../../core/errors.ts';

/** Why an attempt cannot start, as ECS words it; never with a value. */
export interface Unresolved {
  readonly kind: 'failed';
  readonly reason: string;
}

/** What was to be read, as ECS tells it. */
export type Wanted = 'secret' | 'parameter' | 'login';

/** As reported in terraform-aws-directus issue 10 and copilot-cli issue 3104; of logins only this part is. */
const places: Readonly<Record<Wanted, string>> = {
  secret: 'unable to retrieve secret from asm',
  parameter: 'unable to retrieve secrets from ssm',
  login: 'unable to get registry auth from asm',
};

/** The words of ECS around `why`. */
export function failed(wanted: Wanted, why: string): Unresolved {
  return unresolved(
    `execution resource retrieval failed: ${places[wanted]}: service call has been retried 1 time(s): ${why}`,
  );
}

/** ECS's words where it refuses to run a task (reported in aws-samples/aws-modern-application-workshop issue 149). */
export function notAssumed(roleArn: string): Unresolved {
  return unresolved(notUsable(roleArn));
}

export function notUsable(roleArn: string): string {
  return (
    `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed ` +
    'has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.'
  );
}

function unresolved(why: string): Unresolved {
  return { kind: 'failed', reason: `ResourceInitializationError: unable to pull secrets or registry auth: ${why}` };
}

/** What a service answered, told as ECS does. */
export function refusedBy(wanted: Wanted, id: string, { code, message }: ServiceError): Unresolved {
  const words = `${code}: ${message}`;
  if (wanted === 'parameter') return failed(wanted, words);
  return failed(wanted, `failed to fetch secret ${id} from secrets manager: ${words}`);
}
