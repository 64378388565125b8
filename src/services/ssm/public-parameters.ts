import { createHash } from 'node:crypto';
import type { Parameter } from '@aws-sdk/client-ssm';
import type { Scope } from '../../core/arn.ts';
import { parameterArn, parentOf } from './names.ts';

/** What AWS's parameters of recommended ECS images tell of an image (spec 04 §3.4). */
interface Image {
  readonly image_name: string;
  readonly os: string;
}

const base = '/aws/service/ecs/optimized-ami/';

/** The paths that AWS has, by what follows the base; `recommended` ends each. */
const images: Readonly<Record<string, Image>> = {
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

/** When the parameter of the guide's example was last changed. */
const changedAt = new Date(1_555_434_128_664);
const version = 9;

/** All names of AWS's own parameters that are served here, in their order. */
const names: readonly string[] = Object.keys(images)
  .flatMap((path) => {
    const parent = `${base}${path}/recommended`;
    return [parent, ...Object.keys(factsOf({} as Scope, path)).map((child) => `${parent}/${child}`)];
  })
  .sort();

/** There are no machine images here: an id is drawn from region and name, so that it stays the same. */
function factsOf({ region }: Scope, path: string): Readonly<Record<string, string>> {
  const { image_name = '', os = '' } = images[path] ?? {};
  const digest = createHash('sha256').update(`${region} ${image_name}`).digest('hex');
  return {
    ecs_agent_version: '1.27.0',
    ecs_runtime_version: 'Docker version 18.06.1-ce',
    image_id: `ami-${digest.slice(0, 17)}`,
    image_name,
    os,
    schema_version: '1',
  };
}

/** A parameter of AWS's own, if there is one of that name. */
export function publicParameter(scope: Scope, name: string): Parameter | undefined {
  const [, path = '', child] =
    /^\/aws\/service\/ecs\/optimized-ami\/(.+)\/recommended(?:\/([a-z_]+))?$/.exec(name) ?? [];
  if (!Object.hasOwn(images, path)) return undefined;
  const facts = factsOf(scope, path);
  if (child !== undefined && !Object.hasOwn(facts, child)) return undefined;
  const value = child === undefined ? JSON.stringify({ ...facts, schema_version: 1 }) : (facts[child] ?? '');
  return {
    Name: name,
    Type: 'String',
    Value: value,
    Version: version,
    LastModifiedDate: changedAt,
    ARN: parameterArn(scope, name),
    DataType: 'text',
  };
}

/** The names of AWS's own parameters below a path, with a slash at its end. */
export function publicNamesBelow(path: string, recursive: boolean): readonly string[] {
  return names.filter((name) => (recursive ? name.startsWith(path) : parentOf(name) === path));
}
