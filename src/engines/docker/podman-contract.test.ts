import { podmanSkip } from '../../core/podman-service.fixture.ts';
import { engineConformance } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';

engineConformance('the docker engine with Podman', {
  goes: true,
  createWorld: () => DockerHost.create('podman'),
  ...podmanSkip(),
});
