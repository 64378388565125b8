import { ServiceError } from '../../core/errors.ts';

export function refuse(code: string, message: string): never {
  throw new ServiceError(code, message);
}

export function unknownTrail(name: string): never {
  return refuse('TrailNotFoundException', `Unknown trail: ${name}`);
}

export function notHere(what: string): never {
  return refuse('UnsupportedOperationException', `${what} is not supported by this version of Batchyard.`);
}
