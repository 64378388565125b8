import { dockerSkip } from '../../core/docker-daemon.fixture.ts';
import { podmanSkip } from '../../core/podman-service.fixture.ts';
import { engineConformance } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';

engineConformance('the docker engine with Docker', {
  goes: true,
  createWorld: () => DockerHost.create('docker'),
  ...dockerSkip(),
});

engineConformance('the docker engine with Podman', {
  goes: true,
  createWorld: () => DockerHost.create('podman'),
  ...podmanSkip(),
});
