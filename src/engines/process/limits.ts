/** Every limit of the process engine, in one place. Times are milliseconds, sizes bytes. */
export const processLimits = {
  /** A line of output longer than this is split. */
  lineBytes: 256 * 1024,
  /** After a container's first process has ended, its output is read for at most this long. */
  drainMs: 500,
  /** Output is flushed at once when the last flush was longer ago than this, else when it was. */
  flushEveryMs: 50,
  /** Output buffered between two flushes. */
  flushBytes: 256 * 1024,
  /** Descriptors that a runner keeps for its server, its segments' rotation and the kernel's files. */
  reservedDescriptors: 48,
  /** Descriptors that a container holds while it runs: three pipes, a segment, and the launcher's ends for an instant. */
  containerDescriptors: 10,
  /** What outputs may cost in one turn of the runner's event loop, in bytes on disk: some 20 ms of line ends. */
  outputPerTurn: 2 * 1024 * 1024,
  /** Of outputs that wait for a turn, how many one turn lets go on. */
  outputsPerTurn: 4,
  /** Output of an ended container that waits in memory for room on the disk: more than a pipe holds. */
  heldBytes: 2 * 1024 * 1024,
  /** Of all jobs of a runner that do not wait while their output cannot be written. */
  bufferedBytes: 256 * 1024 * 1024,
  /** How often free disk space is looked at while it is short. */
  diskCheckMs: 1000,
  /** Output written between two looks at the free disk space. */
  diskCheckBytes: 32 * 1024 * 1024,
  /** No job starts, and output pauses, below this much free disk. */
  minimumFreeBytes: 1024 ** 3,
  /** Processes and threads of one container. */
  pids: 4096,
  /** One environment variable with its name: the kernel's MAX_ARG_STRLEN. */
  environmentEntryBytes: 128 * 1024,
  /** Command and environment together: what the kernel takes with the usual stack of 8 MiB, less room for pointers. */
  environmentBytes: 1792 * 1024,
  /** /dev/shm of a job that asks for no size: Docker's own. */
  sharedMemoryMiB: 64,
  /** What a file system holds in which nothing but mount points is made. */
  emptyPlaceBytes: 1024 ** 2,
  /** Symbolic links that are followed on the way to a volume or a mount point, as by the kernel. */
  links: 40,
  /** `/etc/passwd` and `/etc/group` of a root that is the operator's; larger ones are not read. */
  userDatabaseBytes: 4 * 1024 * 1024,
  /** Of an image, which is a stranger's, and whose are looked through at each start. */
  imageUserDatabaseBytes: 1024 * 1024,
  /** The kernel ends jobs before it ends the server. */
  oomScoreAdjustment: 500,
  /** A program that sets up the network of a gang ends within this time, or is killed. */
  networkProgramMs: 10_000,
  /** A small program of the host that the runner waits for ends within this time, or is killed. */
  hostProgramMs: 10_000,
  /** A program that makes a namespace of a task ends within this time, or is killed. */
  namespaceProgramMs: 10_000,
  /** A runner without server and jobs leaves after this long. */
  runnerIdleMs: 60_000,
  /** How long a new runner may take to answer. */
  runnerStartMs: 15_000,
  /** A new runner waits at least so long for its first server, which has launched it and may have little of the processors. */
  firstServerMs: 15_000,
  /** A runner that has not answered to a start or a stop for so long does not answer. */
  answerMs: 5_000,
  /** How long a new server waits for the runners of the one before; then it opens without them, and waits on. */
  takeOverMs: 2_000,
  /** How long what is left of an attempt, or of a dead runner's, may take to die after SIGKILL. */
  leftoverDeathMs: 10_000,
  /** How often a running container's first process is looked at, to see that its sandbox ends with it. */
  firstProcessLookMs: 2000,
  /** Looks at a sandbox that outlives the job's first process, before it is ended: a busy host may be late to see to it. */
  looksAtHeldSandbox: 5,
  /** How often a container without cgroups is sampled for CPU time and memory. */
  sampleEveryMs: 1000,
  /** How long until a container counts as running though its first process was not seen to start. */
  startGraceMs: 20,
  /** How long a command waits for the first process of the container that it is to run in, and how often it looks. */
  entranceMs: 15_000,
  entranceLookMs: 50,
  /** Launchers of one container, where all before the last failed of what may pass. */
  launchTries: 8,
  /** Before a container's second launcher; twice as long before each further one. */
  launchPauseMs: 20,
  /** What a runner says of all its tasks at once, each with notes that may be as long as its definition. */
  welcomeBytes: 256 * 1024 * 1024,
  /** Any other message between server and runner. */
  messageBytes: 16 * 1024 * 1024,
  /** So much of the beginning of a container's output, and of the end of what a program of the host says, is kept to say why it failed. */
  tailBytes: 512,
  /** Children of a directory that may be shown one by one to make room for a mount point. */
  rebuiltEntries: 2000,
  /** Longest path of a unix socket (`sun_path` holds 108 with its end mark, on macOS 104). */
  socketPathBytes: 107,
  /** A registry that has not answered for so long is taken for out of reach, where the host's files may stand in for its images. */
  registryPatienceMs: 3_000,
  /** For so long it is not asked again there. */
  registryRestMs: 60_000,
  /** Before an image is asked for again that could not be had for want of room or of a registry. */
  pullAgainMs: 5_000,
  /** Before a task is started again that there was no room for, or given to its runner again whose images are there. */
  startAgainMs: 1_000,
  /** Starts that a dying runner may break before the engine gives up on it. */
  startTries: 3,
} as const;
