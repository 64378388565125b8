import type { EcrRuntime } from '../runtime.ts';
import { getAuthorizationToken } from './get-authorization-token.ts';
import { describeImages, listImages } from './images.ts';
import { batchCheckLayerAvailability, batchGetImage, getDownloadUrlForLayer } from './layers.ts';
import { describeRepositories } from './repositories.ts';

/** All operations that are built. */
export const ecrOperations = (runtime: EcrRuntime) => ({
  BatchCheckLayerAvailability: batchCheckLayerAvailability(runtime),
  BatchGetImage: batchGetImage(runtime),
  DescribeImages: describeImages(runtime),
  DescribeRepositories: describeRepositories(runtime),
  GetAuthorizationToken: getAuthorizationToken(runtime),
  GetDownloadUrlForLayer: getDownloadUrlForLayer(runtime),
  ListImages: listImages(runtime),
});
