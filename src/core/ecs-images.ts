import { createHash } from 'node:crypto';

/** What is told of a machine image of ECS (spec 04 §3.4). */
export interface EcsImage {
  readonly image_name: string;
  readonly os: string;
}

/** The images of ECS, by the path that AWS's parameters have for them. */
export const ecsImages: Readonly<Record<string, EcsImage>> = {
  'amazon-linux-2': { image_name: 'amzn2-ami-ecs-hvm-2.0.20190402-x86_64-ebs', os: 'Amazon Linux 2' },
  'amazon-linux-2/arm64': { image_name: 'amzn2-ami-ecs-hvm-2.0.20190402-arm64-ebs', os: 'Amazon Linux 2' },
  'amazon-linux-2/gpu': { image_name: 'amzn2-ami-ecs-gpu-hvm-2.0.20190402-x86_64-ebs', os: 'Amazon Linux 2' },
  'amazon-linux-2023': { image_name: 'al2023-ami-ecs-hvm-2023.0.20230912-kernel-6.1-x86_64', os: 'Amazon Linux 2023' },
  'amazon-linux-2023/arm64': {
    image_name: 'al2023-ami-ecs-hvm-2023.0.20230912-kernel-6.1-arm64',
    os: 'Amazon Linux 2023',
  },
  'amazon-linux-2023/gpu': {
    image_name: 'al2023-ami-ecs-gpu-hvm-2023.0.20230912-kernel-6.1-x86_64',
    os: 'Amazon Linux 2023',
  },
};

/** There are no machine images here: an id is drawn from region and name, so that it stays the same. */
export function machineImageId(region: string, name: string): string {
  const digest = createHash('sha256').update(`${region} ${name}`).digest('hex');
  return `ami-${digest.slice(0, 17)}`;
}
