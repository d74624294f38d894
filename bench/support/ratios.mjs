/** The median of ratios, and where the middle half of them lies. */
export function describeRatios(ratios) {
  const inOrder = ratios.toSorted((one, other) => one - other);
  const share = (part) => inOrder[Math.floor(inOrder.length * part)].toFixed(3);
  return `${share(0.5)} ×   (middle half: ${share(0.25)} to ${share(0.75)})`;
}
