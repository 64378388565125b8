import type {
  BatchCheckLayerAvailabilityCommandInput,
  BatchCheckLayerAvailabilityCommandOutput,
  BatchGetImageCommandInput,
  BatchGetImageCommandOutput,
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput,
  ImageFailure,
} from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import { ecrOperation, imageIds, repositoryAccess, repositoryMembers } from '../operation.ts';
import { findImage, findRepository, type ImageId, type Repository } from '../repositories.ts';

/** Images are kept unpacked: no manifest of one can be got. */
export const batchGetImage = ecrOperation<BatchGetImageCommandInput, BatchGetImageCommandOutput>()({
  schema: z.object({ ...repositoryMembers, imageIds, acceptedMediaTypes: z.array(z.string()).max(100).optional() }),
  readOnly: true,
  audit: 'management',
  access: repositoryAccess('BatchGetImage'),
  handler: (runtime, input, context) => {
    const repository = findRepository(runtime, context, input);
    return { images: [], failures: input.imageIds.map((imageId) => failureOf(repository, imageId)) };
  },
});

function failureOf(repository: Repository, imageId: ImageId): ImageFailure {
  if (imageId.imageDigest === undefined && imageId.imageTag === undefined) {
    const failureReason = 'Invalid request parameters: both tag and digest cannot be null';
    return { imageId, failureCode: 'MissingDigestAndTag', failureReason };
  }
  const failureReason = findImage(repository, imageId)
    ? 'The image is here, unpacked: its manifest cannot be got'
    : 'Requested image not found';
  return { imageId, failureCode: 'ImageNotFound', failureReason };
}

/** The same of layers. */
export const batchCheckLayerAvailability = ecrOperation<
  BatchCheckLayerAvailabilityCommandInput,
  BatchCheckLayerAvailabilityCommandOutput
>()({
  schema: z.object({ ...repositoryMembers, layerDigests: z.array(z.string()).min(1).max(100) }),
  readOnly: true,
  audit: 'management',
  access: repositoryAccess('BatchCheckLayerAvailability'),
  handler: (runtime, input, context) => {
    findRepository(runtime, context, input);
    const layers = input.layerDigests.map((layerDigest) => ({
      layerDigest,
      layerAvailability: 'UNAVAILABLE' as const,
    }));
    return { layers, failures: [] };
  },
});

export const getDownloadUrlForLayer = ecrOperation<
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput
>()({
  schema: z.object({ ...repositoryMembers, layerDigest: z.string() }),
  readOnly: true,
  audit: 'management',
  access: repositoryAccess('GetDownloadUrlForLayer'),
  handler: (runtime, input, context) => {
    const { name } = findRepository(runtime, context, input);
    const message =
      `The layer with digest '${input.layerDigest}' is not available from the repository with name '${name}' in the ` +
      `registry with id '${context.account}': images are kept unpacked here`;
    throw new ServiceError('LayersNotFoundException', message);
  },
});
