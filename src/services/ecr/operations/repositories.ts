import type {
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  Repository as RepositoryDetail,
} from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ecrOperation, paged, pageOf, repositoriesAccess } from '../operation.ts';
import { noRepository, type Repository, repositoriesOf } from '../repositories.ts';

export const describeRepositories = ecrOperation<DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput>()(
  {
    schema: z.object({
      ...paged,
      registryId: z
        .string()
        .regex(/^\d{12}$/)
        .optional(),
      repositoryNames: z.array(z.string().min(2).max(256)).min(1).max(100).optional(),
    }),
    readOnly: true,
    audit: 'management',
    access: repositoriesAccess('DescribeRepositories'),
    handler: (runtime, { registryId, repositoryNames, ...input }, context) => {
      const all = registryId === undefined || registryId === context.account ? repositoriesOf(runtime, context) : [];
      if (repositoryNames) {
        const byName = new Map(all.map((repository) => [repository.name, repository]));
        const named = repositoryNames.map(
          (name) => byName.get(name) ?? noRepository(context, { repositoryName: name, registryId }),
        );
        return { repositories: named.map((repository) => repositoryDetail(context, repository)) };
      }
      const { items, ...page } = pageOf('DescribeRepositories', all, ({ name }) => name, input);
      return { repositories: items.map((repository) => repositoryDetail(context, repository)), ...page };
    },
  },
);

function repositoryDetail({ account }: Scope, { name, arn, uri }: Repository): RepositoryDetail {
  return {
    repositoryArn: arn,
    registryId: account,
    repositoryName: name,
    repositoryUri: uri,
    imageTagMutability: 'MUTABLE',
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}
