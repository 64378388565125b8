import { dockerSkip } from '../../core/docker-daemon.fixture.ts';
import { engineConformance } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';

engineConformance('the docker engine with Docker', {
  goes: true,
  createWorld: () => DockerHost.create('docker'),
  ...dockerSkip(),
});
