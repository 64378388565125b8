import type { Parameter } from '@aws-sdk/client-ssm';
import type { Scope } from '../../core/arn.ts';
import { ecsImages, machineImageId } from '../../core/ecs-images.ts';
import { parameterArn, parentOf } from './names.ts';

const base = '/aws/service/ecs/optimized-ami/';

/** When the parameter of the guide's example was last changed. */
const changedAt = new Date(1_555_434_128_664);
const version = 9;

/** All names of AWS's own parameters that are served here, in their order. */
const names: readonly string[] = Object.keys(ecsImages)
  .flatMap((path) => {
    const parent = `${base}${path}/recommended`;
    return [parent, ...Object.keys(factsOf({} as Scope, path)).map((child) => `${parent}/${child}`)];
  })
  .sort();

function factsOf({ region }: Scope, path: string): Readonly<Record<string, string>> {
  const { image_name = '', os = '' } = ecsImages[path] ?? {};
  return {
    ecs_agent_version: '1.27.0',
    ecs_runtime_version: 'Docker version 18.06.1-ce',
    image_id: machineImageId(region, image_name),
    image_name,
    os,
    schema_version: '1',
  };
}

/** A parameter of AWS's own, if there is one of that name. */
export function publicParameter(scope: Scope, name: string): Parameter | undefined {
  const [, path = '', child] =
    /^\/aws\/service\/ecs\/optimized-ami\/(.+)\/recommended(?:\/([a-z_]+))?$/.exec(name) ?? [];
  if (!Object.hasOwn(ecsImages, path)) return undefined;
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
