import { ServiceError } from '../../core/errors.ts';

/** Throws `InvalidParameterException` unless `holds`. */
export function demand(holds: unknown, message: string): asserts holds {
  if (!holds) throw invalid(message);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function clusterMissing(): ServiceError {
  return new ServiceError('ClusterNotFoundException', 'Cluster not found.');
}

export function clusterInactive(): ServiceError {
  return new ServiceError('ClusterNotFoundException', 'The referenced cluster was inactive.');
}

export function serviceMissing(): ServiceError {
  return new ServiceError('ServiceNotFoundException', 'Service not found.');
}
