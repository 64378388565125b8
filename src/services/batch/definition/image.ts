import type { NodeSpecification } from '../../../core/job-specification.ts';

/** Characters that ECS takes in an image: spec 02 §5.6, with `@` for digests, which AWS's own list leaves out. */
const characters = /^[A-Za-z0-9_\-:./#@]*$/;

/**
 * Why no job that runs this can ever start: ECS refuses the image. Batch takes it, at registration and at submission, and the job
 * ends FAILED with these words (broadinstitute/cromwell issue 2044).
 */
export function unusableImage({ containers }: NodeSpecification): string | undefined {
  if (containers.every(({ image }) => characters.test(image))) return undefined;
  return 'Container.image contains invalid characters.';
}
