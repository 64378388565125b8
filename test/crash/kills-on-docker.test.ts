import { grounds } from './container-grounds.ts';
import { endsOnce } from './ends-once.ts';
import { survivesKills } from './survives-kills.ts';

survivesKills(grounds.docker);
endsOnce(grounds.docker);
