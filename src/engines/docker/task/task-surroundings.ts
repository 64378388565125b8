import type { TaskId } from '../../../core/ids.ts';
import type { Slots } from '../../../core/slots.ts';
import type { EngineEvent, TaskSpec } from '../../contract.ts';
import type { TaskHolders } from '../holder/task-holders.ts';
import type { ImagePulls } from '../images/image-pulls.ts';
import type { NodeNetworks } from '../network/node-networks.ts';
import type { DockerLogger } from '../options.ts';
import type { ContainerSurroundings } from './docker-container.ts';
import type { TaskFiles } from './task-files.ts';
import type { TaskRecord } from './task-record.ts';

/** What a task needs of its engine. */
export interface TaskSurroundings extends ContainerSurroundings {
  readonly files: TaskFiles;
  readonly images: ImagePulls;
  readonly places: Slots;
  readonly instanceId: string;
  readonly logRoot: string;
  readonly logger: DockerLogger;
  /** The name of its container of an index at the daemon. */
  readonly nameOf: (taskId: TaskId, index: number) => string;
  /** The bodies of its containers, which are in that network. Throws `CannotStart`. */
  readonly bodiesOf: (spec: TaskSpec, record: TaskRecord, networkMode: string) => readonly object[];
  readonly networks: NodeNetworks;
  readonly holders: TaskHolders;
  /** Volumes of the task's own, and whatever else is only its. */
  readonly removeRest: (record: TaskRecord) => Promise<void>;
  /** Takes each report, once, in order. */
  readonly report: (event: EngineEvent) => void;
}
