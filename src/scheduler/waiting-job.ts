import { invariant } from '../core/errors.ts';
import { type NodeRange, type ResourceRequest, sumOfNodes } from '../core/job.ts';
import { type Amount, amountOf, nothing } from './amount.ts';
import type { Share, WaitingJob } from './queue.ts';
import type { QueuedJob } from './scheduler-event.ts';

/** A job of a share as it waits. */
export function newWaitingJob(queued: QueuedJob, share: Share): WaitingJob {
  const { jobId, sequence, request, count, nodes, priority = 0 } = queued;
  invariant(!nodes || isSum(request, nodes), `the nodes of ${jobId} do not ask for what it asks for`);
  const { vcpuMillis, memoryMiB, gpus } = amountOf(request);
  const urgency = share.queue.settings.fairShare ? priority : 0;
  const job: WaitingJob = { jobId, share, sequence, priority: urgency, vcpuMillis, memoryMiB, gpus };
  if (count !== undefined) job.left = count;
  if (request.machine !== undefined) job.machine = request.machine;
  if (request.consumables) job.consumables = request.consumables;
  if (queued.timeoutSeconds !== undefined) job.timeout = queued.timeoutSeconds * 1000;
  if (nodes) {
    job.nodes = nodes.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    if (request.instanceType !== undefined) job.instanceType = request.instanceType;
    job.largestNode = nodes.map(({ resources }) => amountOf(resources)).reduce(largest, nothing);
  }
  return job;
}

/** A queue that is first in, first out lets nobody pass: what its head waits for is kept whole, and anew with each plan. */
export function mayReserve({ nodes, share }: WaitingJob): boolean {
  return nodes !== undefined && share.queue.settings.fairShare !== undefined;
}

/** Covers both. */
function largest(one: Amount, other: Amount): Amount {
  return {
    vcpuMillis: Math.max(one.vcpuMillis, other.vcpuMillis),
    memoryMiB: Math.max(one.memoryMiB, other.memoryMiB),
    gpus: Math.max(one.gpus, other.gpus),
  };
}

function isSum(request: ResourceRequest, nodes: readonly NodeRange[]): boolean {
  const [asked, sum] = [amountOf(request), amountOf(sumOfNodes(nodes))];
  return asked.vcpuMillis === sum.vcpuMillis && asked.memoryMiB === sum.memoryMiB && asked.gpus === sum.gpus;
}
