import type { Resource } from '../../../asl/index.ts';
import { stateErrors } from '../../../asl/index.ts';
import { findIntegration, type ServiceResource } from '../apis/index.ts';
import { calledOperation, type ServiceDirectory } from './directory.ts';
import type { TaskFailure } from './failure.ts';

/**
 * The failure of a task whose service, or operation, is not in this installation. AWS has the integration, so that its
 * definition is accepted; the error is the one that the SDKs have for a service that they cannot reach, and can be caught.
 */
export async function notServed(
  directory: ServiceDirectory,
  resource: Exclude<Resource, { readonly kind: 'activity' }>,
): Promise<Omit<TaskFailure, 'type'>> {
  if (resource.kind === 'lambda')
    return { error: unreachable('Lambda'), cause: words('AWS Lambda', resource), stage: 'run' };
  const integration = await findIntegration(resource);
  const stage = resource.pattern === 'request' ? 'run' : 'submit';
  if (!integration)
    return { error: stateErrors.runtime, cause: `AWS has no integration ${resource.arn}.`, stage: 'schedule' };
  const { service, prefix } = integration;
  const { service: registryName, operation } = calledOperation(resource);
  const cause = directory.has(registryName) ? withoutOperation(service, operation, resource) : words(service, resource);
  return { error: resource.service === 'http' ? stateErrors.httpSocket : unreachable(prefix), cause, stage };
}

function unreachable(prefix: string): string {
  return `${prefix}.SdkClientException`;
}

const advice = 'TestState tests the state with a mock.';

function words(service: string, { arn }: Resource): string {
  return `${service} is not served by this Batchyard server: nothing can be called by ${arn}. ${advice}`;
}

function withoutOperation(service: string, operation: string, { arn }: ServiceResource): string {
  return `This version of Batchyard has no ${operation} in its ${service}: nothing can be called by ${arn}. ${advice}`;
}
