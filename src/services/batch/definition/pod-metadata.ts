import { checkNamespace, isDomainName } from '../kubernetes-names.ts';
import { demand } from '../refusals.ts';
import type { GivenPodMetadata } from './pod-schema.ts';

const reservedTerms = ['kubernetes.io', 'k8s.io', 'batch.amazonaws.com'];
const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const longestAnnotation = 255;

/**
 * Checks labels, annotations and namespace of a pod. Spec 02 §6.1, 09 (2024-12-17). The words: cdk-preflight; of the names of
 * annotations, and of prefixes that are none, they are worded after those of labels.
 */
export function checkMetadata({ labels = {}, annotations = {}, namespace }: GivenPodMetadata): void {
  for (const [key, value] of Object.entries(labels)) {
    checkKey(key, 'label');
    demand(value === '' || name.test(value), `The pod label value ${value} does not match a valid pattern.`);
  }
  for (const [key, value] of Object.entries(annotations)) {
    checkKey(key, 'annotation');
    const fits = value.length <= longestAnnotation;
    demand(fits, `Metadata annotation value ${value} cannot be longer than ${longestAnnotation} characters.`);
  }
  if (namespace !== undefined) checkNamespace(namespace, 'kube');
}

/** An optional prefix, a domain, before a slash, and a name. */
function checkKey(key: string, kind: 'label' | 'annotation'): void {
  const slash = key.lastIndexOf('/');
  const [prefix, own] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (prefix !== undefined) {
    const free = !reservedTerms.some((term) => prefix.includes(term));
    const terms = `[${reservedTerms.join(', ')}]`;
    demand(free, `The prefix ${prefix} of the pod ${kind} key cannot contain terms from the following ${terms}.`);
    demand(isDomainName(prefix), `The prefix ${prefix} of the pod ${kind} key does not match a valid pattern.`);
  }
  demand(name.test(own), `The name ${own} of the pod ${kind} key does not match a valid pattern.`);
}
