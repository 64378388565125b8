import { isDomainName } from '../kubernetes-names.ts';
import { demand } from '../refusals.ts';
import { checkEnvironment, checkNoNul, longestImage } from './container-rules.ts';
import { checkMetadata } from './pod-metadata.ts';
import { checkQuantities, demandQuantities, isMebibytes } from './pod-resources.ts';
import type { EksProperties, GivenPodContainer, GivenPodVolume, Pod } from './pod-schema.ts';

const mostContainers = 10;
const containerName = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const dnsPolicies = ['Default', 'ClusterFirst', 'ClusterFirstWithHostNet'];
const largestId = 4_294_967_295;

/**
 * Checks a pod: every rule that one look at it tells. Spec 02 §6, 03 §2.3, 09. The words are cdk-preflight's, but for those of
 * numbers and names of containers, images, ids of users, and names of volumes and secrets, of which none are reported.
 */
export function checkPod({ podProperties }: EksProperties): void {
  const pod: Pod = podProperties ?? {};
  const { containers = [], initContainers = [], volumes = [], dnsPolicy } = pod;
  demand(containers.length > 0, 'Containers must be provided for Batch on EKS jobs.');
  for (const list of [containers, initContainers]) {
    demand(list.length <= mostContainers, `Number of containers must be between 1 and ${mostContainers}`);
  }
  demand(dnsPolicy === undefined || dnsPolicies.includes(dnsPolicy), 'Unsupported DNS policy value.');
  for (const { name } of pod.imagePullSecrets ?? []) demand(name, 'name of an image pull secret is required.');
  checkNames(containers, initContainers);
  checkVolumes(volumes);
  for (const container of [...initContainers, ...containers]) checkPodContainer(container, volumes);
  checkMetadata(pod.metadata ?? {});
}

/** One that is alone may go without. */
function checkNames(containers: readonly GivenPodContainer[], initContainers: readonly GivenPodContainer[]): void {
  const all = [...containers, ...initContainers];
  for (const list of [containers, initContainers]) {
    const named = list.length === 1 || list.every(({ name }) => name);
    demand(named, 'The container name is required in multi-container job.');
  }
  const names = new Set<string>();
  for (const { name } of all) {
    if (name === undefined) continue;
    demand(containerName.test(name), `The container name: ${name} is not valid.`);
    demand(!names.has(name), `The container name: ${name} must be unique in multi-container job.`);
    names.add(name);
  }
}

function checkPodContainer(container: GivenPodContainer, volumes: readonly GivenPodVolume[]): void {
  const { image, imagePullPolicy: policy, resources, securityContext, volumeMounts = [] } = container;
  demand(image, 'image of a container is required for eksProperties.');
  demand(image.length <= longestImage, `Container image has more than ${longestImage} characters.`);
  demand(policy === undefined || pullPolicies.includes(policy), 'Unsupported image pull policy value.');
  checkNoNul('command', container.command);
  checkNoNul('args', container.args);
  checkEnvironment(container.env);
  demandQuantities(resources);
  checkQuantities(resources ?? {});
  for (const { name } of volumeMounts) {
    // In these words AWS answers where no volume of the pod has the name, too.
    const found = volumes.some((volume) => volume.name === name);
    demand(found, 'The volumeMounts name is required for eksProperties.');
  }
  for (const member of ['runAsUser', 'runAsGroup'] as const) {
    const id = securityContext?.[member] ?? 0;
    demand(id >= 0 && id <= largestId, `${member} must be between 0 and ${largestId}, got ${id}.`);
  }
}

function checkVolumes(volumes: readonly GivenPodVolume[]): void {
  for (const volume of volumes) checkVolume(volume);
  const unique = new Set(volumes.map(({ name }) => name)).size === volumes.length;
  demand(unique, 'Volume names must be unique.');
}

function checkVolume({ name, hostPath, emptyDir, secret, persistentVolumeClaim: claim }: GivenPodVolume): void {
  demand(isDomainName(name), `Volume name is not valid: ${name}`);
  const kinds = [hostPath, emptyDir, secret, claim].filter((kind) => kind !== undefined);
  const one = 'When the volume parameter is specified, only one volume configuration type should be used.';
  demand(kinds.length <= 1, one);
  checkNoNul('path of a volume', hostPath?.path === undefined ? [] : [hostPath.path]);
  const medium = ['', 'Memory'].includes(emptyDir?.medium ?? '');
  demand(medium, 'Invalid Volume mount. Allowed values - Memory or null.');
  const limit = emptyDir?.sizeLimit;
  demand(limit === undefined || isMebibytes(limit), 'Invalid empty dir size limit.');
  if (secret) demand(isDomainName(secret.secretName), `Secret name is not valid: ${secret.secretName}`);
  if (claim) demand(isDomainName(claim.claimName), `Claim name is not valid: ${claim.claimName}`);
}
