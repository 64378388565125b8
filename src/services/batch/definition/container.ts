import { demand, invalid, refuse } from '../refusals.ts';
import { isRoleArn } from '../resources/service-role.ts';
import type { Container } from '../schemas/job-definition.ts';
import { checkEnvironment, checkNoNul, checkVariableName } from './environment.ts';
import { checkFargateContainer, refuseFargateMembers } from './fargate.ts';
import { checkLinuxParameters } from './linux-parameters.ts';
import { checkRequirements, type Platform, refuseBothForms, resourcesOf } from './resources.ts';
import { checkVolumes } from './volumes.ts';

/** Spec 02 §5.6, with `@` for digests, which AWS's own list of characters leaves out. */
const image = /^[A-Za-z0-9_\-:./#@]{1,255}$/;
/** AWS's own pattern, and a group after a colon, as Docker takes it. */
const user = /^[a-z0-9_][a-z0-9_-]{0,30}(:[a-z0-9_][a-z0-9_-]{0,30})?$/;
const roleName = /^[\w+=,.@/-]{1,512}$/;

const awslogsOptions = new Set([
  'awslogs-group',
  'awslogs-region',
  'awslogs-stream-prefix',
  'awslogs-datetime-format',
  'awslogs-multiline-pattern',
  'awslogs-create-group',
  'mode',
  'max-buffer-size',
]);

/** Checks the container of a single-node definition: every rule that one look at it tells. Spec 02 §5, 04 §12.2. */
export function checkContainer(container: Container, platform: Platform): void {
  demand(container.image, 'Container image is required.');
  demand(image.test(container.image), `Container image is not valid: ${container.image}`);
  if (container.user) demand(user.test(container.user), `User '${container.user}' does not match regex ${user.source}`);
  if (platform === 'EC2') {
    demand(!container.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
    refuseFargateMembers(container);
  } else checkFargateContainer(container);
  checkResources(container, platform);
  checkNoNul('command', container.command);
  checkEnvironment(container.environment);
  checkSecrets(container);
  checkVolumes(container);
  checkLinuxParameters(container.linuxParameters);
  checkLogConfiguration(container.logConfiguration);
  checkUlimits(container.ulimits);
  checkRole('jobRoleArn', container.jobRoleArn);
  checkRole('executionRoleArn', container.executionRoleArn);
  if (container.enableExecuteCommand) {
    refuse('containerProperties.enableExecuteCommand is not supported by this version of Batchyard.');
  }
}

function checkResources(container: Container, platform: Platform): void {
  checkRequirements(container, platform);
  refuseBothForms(container);
  resourcesOf(container, platform);
}

function checkSecrets({ secrets = [], logConfiguration, executionRoleArn }: Container): void {
  const options = logConfiguration?.secretOptions ?? [];
  for (const { name } of secrets) checkVariableName(name);
  for (const { name, valueFrom } of [...secrets, ...options]) {
    demand(name && valueFrom, 'name and valueFrom of a secret are required.');
  }
  if (secrets.length + options.length === 0) return;
  demand(executionRoleArn, 'executionRoleArn cannot be empty when using secrets or secretOptions');
}

function checkLogConfiguration(logs: Container['logConfiguration']): void {
  if (logs?.logDriver !== 'awslogs') return;
  const unknown = Object.keys(logs.options ?? {}).find((option) => !awslogsOptions.has(option));
  if (unknown !== undefined) invalid(`Log driver awslogs disallows options: ${unknown}`);
}

function checkUlimits(ulimits: Container['ulimits']): void {
  for (const { name, softLimit, hardLimit } of ulimits ?? []) {
    demand(name, 'name of a ulimit is required.');
    const ordered = hardLimit === -1 || (softLimit !== -1 && softLimit <= hardLimit);
    demand(ordered, `softLimit of ulimit ${name} is above its hardLimit.`);
  }
}

function checkRole(member: string, role: string | undefined): void {
  if (!role) return;
  demand(role.startsWith('arn:') ? isRoleArn(role) : roleName.test(role), `${member} is not valid: ${role}`);
}
