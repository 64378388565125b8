import type {
  EksContainer,
  EksContainerDetail,
  EksPodProperties,
  EksPodPropertiesDetail,
  EksProperties,
  EksVolume,
} from '@aws-sdk/client-batch';
import type { PodContainer, PodSpecification, PodVolume } from '../../../core/pod-specification.ts';
import { present } from '../../../core/present.ts';

/** AWS answers these lists empty where nothing was given, as it does of a container of ECS. */
const emptyLists = { command: [], args: [], env: [], volumeMounts: [] } satisfies Partial<EksContainer>;

/** `eksProperties` as DescribeJobDefinitions shows them: no default is filled in (spec 02 §6.1). */
export function podWithEmptyLists({ podProperties = {} }: EksProperties): EksProperties {
  const { containers = [], initContainers = [], volumes = [] } = podProperties;
  const whole: EksPodProperties = {
    ...podProperties,
    containers: containers.map((container) => ({ ...emptyLists, ...container })),
    initContainers: initContainers.map((container) => ({ ...emptyLists, ...container })),
    volumes,
  };
  return { podProperties: whole };
}

/** The `eksProperties.podProperties` of DescribeJobs, but for what has become of it. */
export function podDetailOf(pod: PodSpecification): EksPodPropertiesDetail {
  const { labels, annotations, namespace } = pod.metadata ?? {};
  return present({
    serviceAccountName: pod.serviceAccount,
    hostNetwork: pod.hostNetwork,
    dnsPolicy: pod.dnsPolicy,
    imagePullSecrets: pod.imagePullSecrets?.map((name) => ({ name })),
    containers: pod.containers.map(containerDetail),
    initContainers: (pod.initContainers ?? []).map(containerDetail),
    volumes: (pod.volumes ?? []).map(volumeDetail),
    metadata: pod.metadata && present({ labels, annotations, namespace }),
    shareProcessNamespace: pod.sharedProcesses,
  });
}

function containerDetail(container: PodContainer): EksContainerDetail {
  const { limits, requests, security } = container;
  return {
    ...emptyLists,
    ...present({
      name: container.name,
      image: container.image,
      imagePullPolicy: container.pullPolicy,
      command: container.command && [...container.command],
      args: container.arguments && [...container.arguments],
      env: container.environment && [...container.environment],
      resources: present({ limits, requests }),
      volumeMounts: container.mounts?.map(({ volume, target, part, readOnly }) =>
        present({ name: volume, mountPath: target, subPath: part, readOnly }),
      ),
      securityContext:
        security &&
        present({
          runAsUser: security.user,
          runAsGroup: security.group,
          privileged: security.privileged,
          allowPrivilegeEscalation: security.escalation,
          readOnlyRootFilesystem: security.readonlyRoot,
          runAsNonRoot: security.nonRoot,
        }),
    }),
  };
}

function volumeDetail({ name, host, scratch, secret, claim }: PodVolume): EksVolume {
  return present({
    name,
    hostPath: host,
    emptyDir: scratch && present({ medium: scratch.medium, sizeLimit: scratch.limit }),
    secret: secret && present({ secretName: secret.name, optional: secret.optional }),
    persistentVolumeClaim: claim && present({ claimName: claim.name, readOnly: claim.readOnly }),
  });
}
