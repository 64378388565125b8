import { z } from 'zod';
import { formatArn, type Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import { type AccessRequests, serviceOperation } from '../../core/operation.ts';
import { pageOf as cut, type Page } from '../../core/page.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import type { EcrRuntime } from './runtime.ts';

/** Declares an operation of ECR: `ecrOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const ecrOperation = <SdkInput, SdkOutput>() => serviceOperation<EcrRuntime, SdkInput, SdkOutput>();

/** Access to the repository that `repositoryName` names. */
export function repositoryAccess(action: string) {
  return ({ repositoryName }: { readonly repositoryName?: unknown }, scope: Scope): AccessRequests => [
    { action: `ecr:${action}`, resource: repositoryArn(scope, textOf(repositoryName)) },
  ];
}

/** Access to each of the repositories that `repositoryNames` names. */
export function repositoriesAccess(action: string) {
  return ({ repositoryNames }: { readonly repositoryNames?: unknown }, scope: Scope): AccessRequests => {
    const names = textsOf(repositoryNames);
    const asked = names.length > 0 ? names : ['*'];
    return asked.map((name) => ({ action: `ecr:${action}`, resource: repositoryArn(scope, name) }));
  };
}

function repositoryArn(scope: Scope, name = '*'): string {
  return formatArn('ecr', scope, `repository/${name}`);
}

/** What every call about one repository says. */
export const repositoryMembers = {
  registryId: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  repositoryName: z.string().min(2).max(256),
};

export const imageIds = z
  .array(z.object({ imageDigest: z.string().optional(), imageTag: z.string().optional() }))
  .min(1)
  .max(100);

export const paged = { nextToken: z.string().optional(), maxResults: z.int().min(1).max(1_000).optional() };

interface PageInput {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** A page in the order of `keyOf`: 100 unless more are asked for, as on AWS. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { nextToken: token, maxResults: size = 100 }: PageInput,
): Page<Item> {
  const refuse = () => {
    throw new ServiceError('InvalidParameterException', 'Invalid parameter at nextToken');
  };
  return cut(items, keyOf, { kind, size, token, refuse });
}
