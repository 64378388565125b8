/** Who asks filters about what is written. */
export interface FilterWatch {
  /** A group has a filter that it had not: streams that tasks write to now are followed from now on, once this resolves. */
  filterAdded(): Promise<void>;
}
