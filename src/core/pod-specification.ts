/** What a job on Kubernetes runs: one pod. */
export interface PodSpecification {
  readonly containers: readonly PodContainer[];
  /** They run one after the other, each to its end, before the containers. Absent: none. */
  readonly initContainers?: readonly PodContainer[];
  /** Absent: none. */
  readonly volumes?: readonly PodVolume[];
  readonly serviceAccount?: string;
  /** Whether it uses the address of its host. Absent: so it does. */
  readonly hostNetwork?: boolean;
  /** Absent: `ClusterFirstWithHostNet` on the network of its host, else `ClusterFirst`. */
  readonly dnsPolicy?: string;
  /** Names of the secrets with which images are fetched. Absent: none. */
  readonly imagePullSecrets?: readonly string[];
  readonly metadata?: PodMetadata;
  /** Whether its containers see each other's processes. Absent: not. */
  readonly sharedProcesses?: boolean;
}

export interface PodMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Absent: that of the compute environment. */
  readonly namespace?: string;
}

export interface PodContainer {
  /** Absent: `Default`, as the only one of a pod is called. */
  readonly name?: string;
  readonly image: string;
  /** Absent: `Always` for an image with the tag `latest`, else `IfNotPresent`. */
  readonly pullPolicy?: string;
  /** In place of the image's entry point. Absent: that. */
  readonly command?: readonly string[];
  /** Absent: the image's own. */
  readonly arguments?: readonly string[];
  /** Absent: none. */
  readonly environment?: readonly { readonly name: string; readonly value?: string }[];
  /** What it may use: quantities of `cpu`, `memory` and `nvidia.com/gpu`, in Kubernetes' words. */
  readonly limits?: Quantities;
  /** What is kept for it. One that is not said is as its limit. */
  readonly requests?: Quantities;
  /** Absent: none. */
  readonly mounts?: readonly PodMount[];
  readonly security?: PodSecurity;
}

export type Quantities = Readonly<Record<string, string>>;

export interface PodSecurity {
  readonly user?: number;
  readonly group?: number;
  readonly privileged?: boolean;
  readonly escalation?: boolean;
  readonly readonlyRoot?: boolean;
  readonly nonRoot?: boolean;
}

/** Where a container of a pod sees a volume of it. */
export interface PodMount {
  readonly volume: string;
  readonly target?: string;
  /** Of the volume. Absent: all of it. */
  readonly part?: string;
  /** Absent: not, as when false. */
  readonly readOnly?: boolean;
}

/** A volume of a pod. One of no kind is empty at first. */
export interface PodVolume {
  readonly name: string;
  readonly host?: { readonly path?: string };
  readonly scratch?: { readonly medium?: string; readonly limit?: string };
  readonly secret?: { readonly name: string; readonly optional?: boolean };
  readonly claim?: { readonly name: string; readonly readOnly?: boolean };
}
