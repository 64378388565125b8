import { useSession } from '../../session/session-context.tsx';

/** Makes ARNs of Step Functions out of names: those in addresses of pages are names. */
export function useStatesArn(): (kind: 'stateMachine' | 'execution' | 'mapRun', ...names: readonly string[]) => string {
  const session = useSession();
  const { region, account } = session?.kind === 'signed-in' ? session : { region: '', account: '' };
  return (kind, ...names) => `arn:aws:states:${region}:${account}:${[kind, ...names].join(':')}`;
}

/** The last part of an ARN: a name, a version's number. */
export function lastPart(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf(':') + 1) ?? '';
}

/** The path below `/console` of an execution, whose ARN ends with those of its machine and its own name. */
export function executionPath(executionArn: string): string {
  const [machine = '', name = ''] = executionArn.split(':').slice(-2);
  return `/states/executions/${encodeURIComponent(machine)}/${encodeURIComponent(name)}`;
}

/** The same of a run of a distributed Map, whose ARN ends with those of its Map and of the run. */
export function mapRunPath(mapRunArn: string): string {
  const [map = '', run = ''] = mapRunArn.split(':').slice(-2);
  return `/states/map-runs/${encodeURIComponent(map)}/${encodeURIComponent(run)}`;
}

export function machinePath(name: string): string {
  return `/states/machines/${encodeURIComponent(name)}`;
}
