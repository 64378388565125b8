/** JSON as somebody gave it: kept, and read back, by those who know what it means. */
export type JsonObject = { readonly [member: string]: unknown };

/** What a container waits for in another of its task. */
export interface ContainerDependency {
  readonly container: string;
  readonly condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';
}

/** One container of a node, after overrides and parameter substitution. */
export interface ContainerRecord {
  /** `default` where the definition has only the one. */
  readonly name: string;
  /** When it ends, the task does. */
  readonly essential: boolean;
  readonly dependsOn: readonly ContainerDependency[];
  /** Everything else, in AWS's words. */
  readonly detail: JsonObject;
}

/** Nodes `first` to `last`, both included, run these containers. */
export interface NodeSpecification {
  readonly first: number;
  readonly last: number;
  readonly containers: readonly ContainerRecord[];
}

/** What a job was submitted as: immutable, so that a transition never rewrites it. Children and nodes have none of their own. */
export interface JobSpecification {
  readonly formatVersion: 1;
  /** The request as given, less tags. */
  readonly request: JsonObject;
  /** One node of one container named `default` for a job of `containerProperties`. */
  readonly nodes: readonly NodeSpecification[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly platformCapabilities: readonly string[];
  readonly propagateTags: boolean;
}
