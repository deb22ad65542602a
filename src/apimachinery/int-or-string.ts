/** A number, or a text: a port's name, or a percentage (`25%`). */
export type IntOrString = number | string;

/** A percentage's number, undefined when the text is none. */
export function percentOf(value: string): number | undefined {
  return /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/**
 * The number, or that percentage of `total`, rounded up or down (intstr.GetScaledValueFromIntOrPercent). Throws with upstream's text when
 * it is neither.
 */
export function scaledIntOrPercent(value: IntOrString, total: number, options: { readonly roundUp: boolean }): number {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) throw new Error(`invalid value for IntOrString: invalid type: string is not a percentage`);
  const scaled = (percent * total) / 100;
  return options.roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}
