export type Architecture = 'x86_64' | 'arm64';

/** How often Spot takes instances of a type back within a month, in the classes of AWS's Spot Instance Advisor, rarest first. */
export const interruptionClasses = ['<5%', '5-10%', '10-15%', '15-20%', '>20%'] as const;
export type InterruptionClass = (typeof interruptionClasses)[number];

/** What of a type has no source that could be named. */
export const estimable = ['onDemand', 'spot', 'interruption'] as const;
export type Estimable = (typeof estimable)[number];

/** The GPUs of an instance: all of one kind. */
export interface Gpus {
  readonly count: number;
  readonly name: string;
  readonly manufacturer: string;
  /** Of each. */
  readonly memoryMiB: number;
}

/** What an instance has for jobs. */
export interface Registered {
  /** Thousandths of a vCPU. */
  readonly vcpuMillis: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** An instance type of EC2. */
export interface InstanceType {
  /** Such as `c5.large`. */
  readonly name: string;
  readonly family: string;
  readonly size: string;
  /** A whole machine: a family stands for its other sizes only. */
  readonly metal: boolean;
  readonly architecture: Architecture;
  readonly vcpus: number;
  /** As EC2 names it; jobs can have what is `registered`. */
  readonly memoryMiB: number;
  readonly gpus?: Gpus;
  /** Elastic Fabric Adapter. */
  readonly efa: boolean;
  /** Newer families have taken its place. */
  readonly previous: boolean;
  readonly registered: Registered;
  /** US dollars an hour. */
  readonly onDemand: number;
  /** US dollars an hour. */
  readonly spot: number;
  readonly interruption: InterruptionClass;
  readonly estimated: readonly Estimable[];
}
