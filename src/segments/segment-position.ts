/** A boundary between records of one prefix: the segment's number, and an offset in its file. */
export interface SegmentPosition {
  readonly segment: number;
  readonly offset: number;
}

/** Before every record. */
export const firstPosition: SegmentPosition = { segment: 0, offset: 0 };
