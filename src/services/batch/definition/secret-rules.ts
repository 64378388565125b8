import { demand } from '../refusals.ts';
import type { Container } from './schema.ts';

type Named = { readonly name?: string | undefined };

/** Checks `secrets` and `secretOptions`. Spec 03 §5. Whether what they refer to is there is known when an attempt starts. */
export function checkSecrets({ secrets = [], environment, logConfiguration, executionRoleArn }: Container): void {
  const { secretOptions: options = [] } = logConfiguration ?? {};
  for (const { name, valueFrom } of [...secrets, ...options]) {
    demand(name && valueFrom, 'name and valueFrom of a secret are required.');
  }
  if (secrets.length + options.length === 0) return;
  demand(executionRoleArn, 'executionRoleArn cannot be empty when using secrets or secretOptions');
  checkSecretNames(secrets, environment);
}

/** Checks that no secret has the name of another or of a variable. ECS's words (dagster-io/dagster issue 11622). */
export function checkSecretNames(
  secrets: readonly Named[] | undefined,
  environment: readonly Named[] | undefined,
): void {
  if (!secrets?.length) return;
  const taken = new Set(environment?.map(({ name }) => name));
  for (const { name } of secrets) {
    demand(
      !taken.has(name),
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
    );
    taken.add(name);
  }
}

/** An image of ECR: its registry is the account's own, and the execution role fetches from it. */
const ecrImage = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//;

/** Checks `repositoryCredentials`. Spec 03 §6. The words of ECR are ECS's (amazon-ecs-deploy-task-definition issue 48). */
export function checkRegistryCredentials({
  repositoryCredentials: given,
  image = '',
  executionRoleArn,
}: Container): void {
  if (!given) return;
  demand(given.credentialsParameter, 'credentialsParameter of repositoryCredentials is required.');
  demand(executionRoleArn, 'executionRoleArn cannot be empty when using repositoryCredentials');
  demand(
    !ecrImage.test(image),
    'Private repository credentials are not a supported authentication method for ECR repositories.',
  );
}
