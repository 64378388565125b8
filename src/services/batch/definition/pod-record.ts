import type { PodContainer, PodMount, PodSpecification, PodVolume } from '../../../core/pod-specification.ts';
import { present } from '../../../core/present.ts';
import { environmentOf, listOf } from './container-record.ts';
import type { EksProperties, GivenPodContainer, GivenPodVolume } from './pod-schema.ts';

/** A pod that has been checked, in our words. An empty list is as good as none. */
export function podOf({ podProperties: given = {} }: EksProperties): PodSpecification {
  return present({
    containers: (given.containers ?? []).map(podContainerOf),
    initContainers: listOf(given.initContainers, podContainerOf),
    volumes: listOf(given.volumes, volumeOf),
    serviceAccount: given.serviceAccountName,
    hostNetwork: given.hostNetwork,
    dnsPolicy: given.dnsPolicy,
    imagePullSecrets: listOf(given.imagePullSecrets, ({ name }) => name),
    metadata: given.metadata && present(given.metadata),
    sharedProcesses: given.shareProcessNamespace,
  });
}

function podContainerOf(given: GivenPodContainer): PodContainer {
  const { securityContext: security } = given;
  return present({
    name: given.name,
    image: given.image,
    pullPolicy: given.imagePullPolicy,
    command: listOf(given.command, (element) => element),
    arguments: listOf(given.args, (element) => element),
    environment: environmentOf(given.env),
    limits: given.resources?.limits,
    requests: given.resources?.requests,
    mounts: listOf(given.volumeMounts, mountOf),
    security:
      security &&
      present({
        user: security.runAsUser,
        group: security.runAsGroup,
        privileged: security.privileged,
        escalation: security.allowPrivilegeEscalation,
        readonlyRoot: security.readOnlyRootFilesystem,
        nonRoot: security.runAsNonRoot,
      }),
  });
}

function mountOf({ name = '', mountPath, subPath, readOnly }: NonNullable<GivenPodContainer['volumeMounts']>[number]) {
  return present({ volume: name, target: mountPath, part: subPath, readOnly }) satisfies PodMount;
}

function volumeOf({ name, hostPath, emptyDir, secret, persistentVolumeClaim: claim }: GivenPodVolume): PodVolume {
  return present({
    name,
    host: hostPath && present({ path: hostPath.path }),
    scratch: emptyDir && present({ medium: emptyDir.medium, limit: emptyDir.sizeLimit }),
    secret: secret && present({ name: secret.secretName, optional: secret.optional }),
    claim: claim && present({ name: claim.claimName, readOnly: claim.readOnly }),
  });
}
