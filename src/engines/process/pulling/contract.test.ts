import { PullStalled } from '../../../images/index.ts';
import { engineConformance } from '../../conformance.ts';
import { TestHost } from '../testing/test-host.ts';
import type { ImagePolicy } from './image-policy.ts';
import { FakeImages } from './images.fixture.ts';

/** Whatever is asked for is out of reach. */
class NoImages extends FakeImages {
  override async pull(): Promise<never> {
    throw new PullStalled('unreachable', 'there is no network');
  }
}

/** Each task has an image of a registry of its own, of which none answers: all are prepared after their starts were accepted. */
engineConformance('the process engine whose tasks are prepared first', {
  createWorld: () => {
    const images: ImagePolicy = { store: new NoImages(), pull: 'missing', unmapped: 'host', pullTimeout: 60_000 };
    return TestHost.create({ images, imageOf: (taskId) => `${taskId.toLowerCase()}.example/image` });
  },
});
