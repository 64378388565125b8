/** Sockets and directories of container daemons, which no job may mount: who has one of them has the machine. */
export const daemonPlaces: readonly string[] = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/podman',
  '/run/containerd',
  '/run/crio',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/containers',
];
