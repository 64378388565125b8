import type { ContainerRecord, ContainerResources, JobSpecification, NodeSpecification } from './job-specification.ts';

/** What the node of an index runs; without one, what the job does that is no multi-node job. */
export function nodeSpecification({ nodes }: JobSpecification, index = 0): NodeSpecification | undefined {
  const [first] = nodes;
  return first?.range ? nodeOfLayers(nodes, index) : first;
}

/** Nodes next to each other for which the same is said. */
export interface NodeRun {
  /** Both included. */
  readonly first: number;
  readonly last: number;
  /** Undefined: no range has them. */
  readonly node: NodeSpecification | undefined;
}

/**
 * What the node of an index runs. Ranges may lie in each other: what an inner one says comes before what the outer one says,
 * member by member (spec 02 §7). Of ranges of the same length the later one is the inner. Undefined if no range has the node.
 */
export function nodeOfLayers(ranges: readonly NodeSpecification[], index: number): NodeSpecification | undefined {
  const layers = ranges.filter(({ range }) => range && range.first <= index && index <= range.last);
  const [outermost, ...inner] = layers.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  return outermost && inner.reduce(overlaid, outermost);
}

/** All `size` nodes, in order: at most two more runs than twice the ranges. */
export function nodeRuns(ranges: readonly NodeSpecification[], size: number): readonly NodeRun[] {
  const cuts = ranges.flatMap(({ range }) => (range ? [range.first, range.last + 1] : []));
  const starts = [...new Set([0, ...cuts])].filter((cut) => cut < size).sort((one, other) => one - other);
  return starts.map((first, at) => {
    const last = (starts[at + 1] ?? size) - 1;
    return { first, last, node: nodeOfLayers(ranges, first) };
  });
}

function lengthOf({ range }: NodeSpecification): number {
  return range ? range.last - range.first : 0;
}

function overlaid(outer: NodeSpecification, inner: NodeSpecification): NodeSpecification {
  const [own] = outer.containers;
  const [other] = inner.containers;
  // A task is taken as a whole: its containers have names, and others may wait for them.
  const isWhole = inner.isTask === true || outer.isTask === true || !own || !other;
  return { ...outer, ...inner, containers: isWhole ? inner.containers : [overlaidContainer(own, other)] };
}

function overlaidContainer(outer: ContainerRecord, inner: ContainerRecord): ContainerRecord {
  return {
    ...outer,
    ...inner,
    image: inner.image || outer.image,
    resources: overlaidResources(outer.resources, inner.resources),
  };
}

/** Each amount in the form in which whoever has the last word gave it. */
function overlaidResources(outer: ContainerResources, inner: ContainerResources): ContainerResources {
  const { list: innerList = [] } = inner;
  const isListed = (type: 'VCPU' | 'MEMORY' | 'GPU') => innerList.some((one) => one.type === type);
  const isTaken = { VCPU: inner.vcpus !== undefined, MEMORY: inner.memoryMiB !== undefined, GPU: false };
  const kept = (outer.list ?? []).filter(({ type }) => !isListed(type) && !isTaken[type]);
  const list = [...kept, ...innerList];
  const vcpus = inner.vcpus ?? (isListed('VCPU') ? undefined : outer.vcpus);
  const memoryMiB = inner.memoryMiB ?? (isListed('MEMORY') ? undefined : outer.memoryMiB);
  return {
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(list.length > 0 && { list }),
  };
}
