export { FifoTopics, type Numbered, sequenceText } from './fifo-topics.ts';
export { isFifo, type Order, type Placed, placeOf } from './order.ts';
