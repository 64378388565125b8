/** A program that unpacks one layer, for a test that kills it: `[layer, diffId, into]`. Says `done` if it was let. */
import { SystemClock } from '../../core/clock.ts';
import type { Digest } from '../contract.ts';
import { unpackImage } from './unpack-image.ts';

const [path = '', diffId = '', into = ''] = process.argv.slice(2);
const layer = { path, mediaType: 'application/vnd.oci.image.layer.v1.tar', diffId: diffId as Digest };
await unpackImage({ layers: [layer], into, clock: new SystemClock() });
console.log('done');
