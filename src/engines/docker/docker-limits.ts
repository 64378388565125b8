/** Every limit of the docker engine, in one place. Times are milliseconds, sizes bytes. */
export const dockerLimits = {
  /** A daemon that has not answered to a ping for so long does not answer. */
  pingMs: 2_000,
  /** An answer that is younger than this says that the daemon is there. */
  freshMs: 1_000,
  /** One of which nothing is heard for so long, while something is being prepared, is asked whether it is there. */
  stuckMs: 5_000,
  /** How long a new server waits for what the one before has left; then it opens without, and waits on. */
  takeOverMs: 2_000,
  /** Calls that only look or tell: they take milliseconds. */
  callMs: 15_000,
  /** As ECS's agent waits for a container to be created and to be started. */
  createMs: 240_000,
  startMs: 180_000,
  /** A removal may have to unmount and to delete much. */
  removeMs: 60_000,
  /** Before the first that is wanted of output comes: a daemon may have to read all that it has kept. */
  outputMs: 240_000,
  /** Late answers in a row after which the output of an ended container is given up. */
  lateOutputAnswers: 5,
  /** A pull of which nothing was heard for so long is given up. */
  pullSilenceMs: 300_000,
  /** The longest that one may take, as ECS's agent waits: what its registry sends may come drop by drop. */
  pullMs: 7_200_000,
  /** What containers use, measured now: all of a call's containers at once. */
  statsMs: 1_800,
  /** Between two tries to reach a daemon that is gone: at first, and at most. */
  firstRetryMs: 100,
  lastRetryMs: 2_000,
  /** Before a container is looked at again that has stopped and is not said to have ended. */
  lookMs: 100,
  /** Looks at a command whose streams have ended, to learn its exit code. */
  execLooks: 100,
  /** Between two times that the size of a terminal is told which may not have come: at first, and at most. */
  firstResizeMs: 20,
  lastResizeMs: 10_000,
  /** Podman's containers are looked at so often; those of all daemons are lost that are dead at so many looks, whatever is said. */
  podmanLookMs: 2_000,
  /** The same at most where this machine does not show their processes: the daemon is asked each time. */
  unseenLookMs: 30_000,
  deadLooks: 3,
  /** How long after the end of a container Docker may hear that it ran out of memory. */
  outOfMemoryMs: 1_000,
  /** Of those that ran out of memory, how many are remembered. */
  outOfMemoryGroups: 1_000,
  /** How long a daemon that keeps containers may take to find those again that it had before. */
  restoreMs: 60_000,
  /** Of an image: real ones have a few. */
  imageVolumes: 1_000,
  /** Connections to the daemon that are kept while nothing is asked. */
  keptConnections: 8,
  /** Containers that are created or started at once: a daemon gets no faster with more. */
  startsAtOnce: 4,
  /** How long the output of an ended container may take to come to its end, once nothing more comes. */
  drainMs: 2_000,
  /** Before the output of a container is asked for at first, unless it ends sooner. */
  beforeOutputMs: 250,
  /** Before the output of a container is asked for again whose stream has ended and which may run on. */
  askAgainMs: 1_000,
  /** The same of Podman at most while nothing comes, and the share of its time that reading one container's may take. */
  quietAgainMs: 4_000,
  readingShare: 0.1,
  /** Segments are written at once when the last time was longer ago than this, else when it was. */
  flushEveryMs: 50,
  /** A line of output longer than this is split. */
  lineBytes: 256 * 1024,
  /** How often free disk space is looked at while it is short. */
  diskCheckMs: 1_000,
  /** Lines of so long before the last one are compared when output is read again: the daemon stamps two pipes. */
  overlapMs: 2_000,
  /** A process that the daemon has just told of is looked at so often, so long apart, until it is the container's own. */
  entranceTries: 50,
  entranceLookMs: 20,
  /** Processes and threads of one container. */
  pids: 4_096,
  /** The longest answer that is read whole. */
  answerBytes: 64 * 1024 * 1024,
} as const;
