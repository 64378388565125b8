import { holdingMutants } from './holding-mutants.fixture.ts';
import { testMutants } from './test-mutants.fixture.ts';

testMutants(holdingMutants);
