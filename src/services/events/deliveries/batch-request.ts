import { present } from '../../../core/present.ts';
import type { StoredTarget } from '../records.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The SubmitJob of a target: of what it is sent, the parameters, dependencies and overrides of the container count, with members
 * that begin with a capital letter, as EventBridge has them, or with a small one.
 */
export function submitJobRequest({ arn, batch }: StoredTarget, payload: unknown): Members {
  const given = isMembers(payload) ? payload : {};
  const { jobDefinition, jobName, arraySize, attempts } = batch ?? {};
  return present({
    ...{ jobName, jobQueue: arn, jobDefinition },
    arrayProperties: arraySize === undefined ? undefined : { size: arraySize },
    retryStrategy: attempts === undefined ? undefined : { attempts },
    parameters: member(given, 'Parameters'),
    dependsOn: member(given, 'DependsOn') && listOf(member(given, 'DependsOn'), ['JobId']),
    containerOverrides: overridesOf(member(given, 'ContainerOverrides')),
  });
}

function overridesOf(given: unknown): unknown {
  if (!isMembers(given)) return given;
  const environment = member(given, 'Environment');
  return present({
    command: member(given, 'Command'),
    environment: environment && listOf(environment, ['Name', 'Value']),
    memory: member(given, 'Memory'),
    vcpus: member(given, 'Vcpus') ?? given.VCpus,
  });
}

/** What is no list, or no structure, stays as it is: SubmitJob refuses it in its own words. */
function listOf(list: unknown, names: readonly string[]): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) => (isMembers(item) ? named(item, names) : item));
}

function named(item: Members, names: readonly string[]): Members {
  return present(Object.fromEntries(names.map((name) => [smallFirst(name), member(item, name)])));
}

function member(of: Members, name: string): unknown {
  const small = smallFirst(name);
  return Object.hasOwn(of, name) ? of[name] : Object.hasOwn(of, small) ? of[small] : undefined;
}

function smallFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
