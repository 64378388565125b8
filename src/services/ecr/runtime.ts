import type { RandomSource } from '../../core/random.ts';

/** An image that is on this machine, as the image store lists it. */
export interface LocalImage {
  /** Whole: `123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1`. */
  readonly reference: string;
  /** Of its manifest, or of the index that named that: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes of its files on the disk. */
  readonly sizeBytes: number;
}

export interface EcrOptions {
  readonly images: () => readonly LocalImage[];
  readonly random: RandomSource;
}

/** What the operations of ECR work with. */
export type EcrRuntime = EcrOptions;
