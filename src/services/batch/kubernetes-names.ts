import { demand } from './refusals.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const longestLabel = 63;
const longestDomain = 253;

/**
 * Checks a namespace of Kubernetes, of an environment or of a pod; `reserved` begins those of the system. The words:
 * cdk-preflight.
 */
export function checkNamespace(namespace: string, reserved: 'kube' | 'kube-'): void {
  demand(namespace !== 'default', 'kubernetesNamespace cannot be the default Kubernetes namespace.');
  const own = !namespace.startsWith(reserved);
  demand(own, 'kubernetesNamespace cannot be a reserved Kubernetes system namespace.');
  const fits = namespace.length <= longestLabel;
  demand(fits, `kubernetesNamespace must less than or equal to ${longestLabel} characters long.`);
  demand(label.test(namespace), 'kubernetesNamespace must be a valid Kubernetes namespace.');
}

/** Whether Kubernetes takes it for the name of a volume, a secret and the like: labels between points. */
export function isDomainName(name: string): boolean {
  return name.length <= longestDomain && name.split('.').every((part) => label.test(part));
}
