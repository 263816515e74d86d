/** A number as jq prints it: the shortest digits that read back, an exponent of at least two digits, no infinity. */
export function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return integerText(value);
  if (Number.isNaN(value)) return "null";
  if (!Number.isFinite(value))
    return value > 0 ? "1.7976931348623157e+308" : "-1.7976931348623157e+308";
  const [digits = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const significant = digits.replace(".", "");
  const sign = value < 0 ? "-" : "";
  const point = Number(exponentText) + 1;
  if (point <= -4 || point > significant.length + 15)
    return sign + scientific(significant, point - 1);
  return sign + plain(significant, point);
}

/** 10^17 and beyond go to an exponent when few digits are significant, so only short ones may take the fast way. */
function integerText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (value < 1e15 && value > -1e15) return String(value);
  const text = String(Math.abs(value));
  const significant = text.replace(/0+$/, "");
  const sign = value < 0 ? "-" : "";
  if (text.length <= significant.length + 15) return sign + text;
  return sign + scientific(significant, text.length - 1);
}

function scientific(significant: string, exponent: number): string {
  const fraction = significant.length > 1 ? `.${significant.slice(1)}` : "";
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${significant.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
}

function plain(significant: string, point: number): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${significant}`;
  if (significant.length <= point) return significant.padEnd(point, "0");
  return `${significant.slice(0, point)}.${significant.slice(point)}`;
}
