import { dockerSkip } from '../../core/docker-daemon.fixture.ts';
import { podmanSkip } from '../../core/podman-service.fixture.ts';
import { engineConformance } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';

engineConformance('the docker engine with Docker', {
  createWorld: () => DockerHost.create('docker'),
  ...dockerSkip(),
});

engineConformance('the docker engine with Podman', {
  createWorld: () => DockerHost.create('podman'),
  ...podmanSkip(),
});
