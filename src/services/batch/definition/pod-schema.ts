import { z } from 'zod';
import { long, stringMap, strings } from '../schema-members.ts';

const resources = z.object({ limits: stringMap.optional(), requests: stringMap.optional() });
const env = z.array(z.object({ name: z.string(), value: z.string().optional() }));
const metadata = z.object({
  labels: stringMap.optional(),
  annotations: stringMap.optional(),
  namespace: z.string().optional(),
});

const container = z.object({
  name: z.string().optional(),
  image: z.string(),
  imagePullPolicy: z.string().optional(),
  command: strings.optional(),
  args: strings.optional(),
  env: env.optional(),
  resources: resources.optional(),
  volumeMounts: z
    .array(
      z.object({
        name: z.string().optional(),
        mountPath: z.string().optional(),
        subPath: z.string().optional(),
        readOnly: z.boolean().optional(),
      }),
    )
    .optional(),
  securityContext: z
    .object({
      runAsUser: long.optional(),
      runAsGroup: long.optional(),
      privileged: z.boolean().optional(),
      allowPrivilegeEscalation: z.boolean().optional(),
      readOnlyRootFilesystem: z.boolean().optional(),
      runAsNonRoot: z.boolean().optional(),
    })
    .optional(),
});

const volume = z.object({
  name: z.string(),
  hostPath: z.object({ path: z.string().optional() }).optional(),
  emptyDir: z.object({ medium: z.string().optional(), sizeLimit: z.string().optional() }).optional(),
  secret: z.object({ secretName: z.string(), optional: z.boolean().optional() }).optional(),
  persistentVolumeClaim: z.object({ claimName: z.string(), readOnly: z.boolean().optional() }).optional(),
});

/** All of `eksProperties` (spec 02 §6, 03 §2.3, 09). */
export const eksProperties = z.object({
  podProperties: z
    .object({
      serviceAccountName: z.string().optional(),
      hostNetwork: z.boolean().optional(),
      dnsPolicy: z.string().optional(),
      imagePullSecrets: z.array(z.object({ name: z.string() })).optional(),
      containers: z.array(container).optional(),
      initContainers: z.array(container).optional(),
      volumes: z.array(volume).optional(),
      metadata: metadata.optional(),
      shareProcessNamespace: z.boolean().optional(),
    })
    .optional(),
});

const containerOverride = z.object({
  name: z.string().optional(),
  image: z.string().optional(),
  command: strings.optional(),
  args: strings.optional(),
  env: env.optional(),
  resources: resources.optional(),
});

/** What a submission may say otherwise of a pod. */
export const eksPropertiesOverride = z.object({
  podProperties: z
    .object({
      containers: z.array(containerOverride).optional(),
      initContainers: z.array(containerOverride).optional(),
      metadata: metadata.optional(),
    })
    .optional(),
});

export type EksProperties = z.infer<typeof eksProperties>;
export type Pod = NonNullable<EksProperties['podProperties']>;
export type GivenPodContainer = z.infer<typeof container>;
export type GivenPodVolume = z.infer<typeof volume>;
export type GivenPodMetadata = z.infer<typeof metadata>;
export type GivenPodResources = z.infer<typeof resources>;
export type EksPropertiesOverride = z.infer<typeof eksPropertiesOverride>;
export type PodContainerOverride = z.infer<typeof containerOverride>;
