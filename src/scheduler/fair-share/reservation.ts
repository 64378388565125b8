/**
 * Of the vCPUs of a queue's environments, in thousandths, what its active shares may hold together: the more of them there are the less is kept for those that are
 * not, `computeReservation` percent to the power of their number (spec 04 §10.2).
 */
export function budgetOf(totalVcpuMillis: number, computeReservation: number, activeShares: number): number {
  return totalVcpuMillis * (1 - (computeReservation / 100) ** activeShares);
}

/** A queue that holds nothing may always place one job: else a reservation on a small environment would let nothing start. */
export function isWithinBudget(heldVcpuMillis: number, wantedVcpuMillis: number, budget: number): boolean {
  return heldVcpuMillis === 0 || heldVcpuMillis + wantedVcpuMillis <= budget;
}
