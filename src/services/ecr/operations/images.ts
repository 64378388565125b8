import type {
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  ListImagesCommandInput,
  ListImagesCommandOutput,
} from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId } from '../../../core/ids.ts';
import { ecrOperation, imageIds, paged, pageOf, repositoryAccess, repositoryMembers } from '../operation.ts';
import { findImage, findRepository, type ImageId, type Repository, type RepositoryImage } from '../repositories.ts';

const filter = z.object({ tagStatus: z.enum(['ANY', 'TAGGED', 'UNTAGGED']).optional() }).optional();

function passes({ tags }: RepositoryImage, status: 'ANY' | 'TAGGED' | 'UNTAGGED' = 'ANY'): boolean {
  return status === 'ANY' || (status === 'TAGGED') === tags.length > 0;
}

/** An entry for each tag, and one for what has none. */
export const listImages = ecrOperation<ListImagesCommandInput, ListImagesCommandOutput>()({
  schema: z.object({ ...repositoryMembers, ...paged, filter }),
  readOnly: true,
  audit: 'management',
  access: repositoryAccess('ListImages'),
  handler: (runtime, input, context) => {
    const repository = findRepository(runtime, context, input);
    const all = repository.images.filter((image) => passes(image, input.filter?.tagStatus)).flatMap(idsOf);
    const { items, ...page } = pageOf(
      `ListImages ${repository.name}`,
      all,
      ({ imageDigest = '', imageTag = '' }) => `${imageDigest} ${imageTag}`,
      input,
    );
    return { imageIds: [...items], ...page };
  },
});

function idsOf({ digest: imageDigest, tags }: RepositoryImage): readonly ImageId[] {
  return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
}

export const describeImages = ecrOperation<DescribeImagesCommandInput, DescribeImagesCommandOutput>()({
  schema: z.object({ ...repositoryMembers, ...paged, filter, imageIds: imageIds.optional() }),
  readOnly: true,
  audit: 'management',
  access: repositoryAccess('DescribeImages'),
  handler: (runtime, input, context) => {
    const repository = findRepository(runtime, context, input);
    const detail = (image: RepositoryImage) => detailOf(context.account, repository, image);
    if (input.imageIds) {
      const named = input.imageIds.map((id) => findImage(repository, id) ?? missing(context.account, repository, id));
      return { imageDetails: [...new Set(named)].map(detail) };
    }
    const all = repository.images.filter((image) => passes(image, input.filter?.tagStatus));
    const { items, ...page } = pageOf(`DescribeImages ${repository.name}`, all, ({ digest }) => digest, input);
    return { imageDetails: items.map(detail), ...page };
  },
});

function detailOf(registryId: AccountId, { name }: Repository, { digest, tags, sizeBytes }: RepositoryImage) {
  return {
    ...{ registryId, repositoryName: name, imageDigest: digest, imageSizeInBytes: sizeBytes },
    ...(tags.length > 0 && { imageTags: [...tags] }),
  };
}

function missing(account: AccountId, { name }: Repository, { imageDigest, imageTag }: ImageId): never {
  const message =
    `The image with imageId {imageDigest:'${imageDigest ?? null}', imageTag:'${imageTag ?? null}'} does not exist ` +
    `within the repository with name '${name}' in the registry with id '${account}'`;
  throw new ServiceError('ImageNotFoundException', message);
}
