// Exact rational numbers over BigInt. Amounts that a test expects are computed here, from the text of
// rates.json, by another path than the program's 128-bit products.

export class Ratio {
  constructor(num, den = 1n) {
    if (den === 0n) throw new RangeError('division by zero')
    if (den < 0n) [num, den] = [-num, -den]
    const g = gcd(num < 0n ? -num : num, den)
    this.num = num / g
    this.den = den / g
  }

  /** "0.9054", "12", "1e-3" or {num, den}; never through a double. */
  static of(text) {
    const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(String(text))
    if (!m) throw new SyntaxError(`not a decimal: ${text}`)
    const fraction = m[3] ?? ''
    const digits = BigInt(m[1] + m[2] + fraction)
    return new Ratio(digits).times(Ratio.ten(Number(m[4] ?? 0) - fraction.length))
  }

  static ten(exponent) {
    const power = 10n ** BigInt(Math.abs(exponent))
    return exponent < 0 ? new Ratio(1n, power) : new Ratio(power)
  }

  times(o) {
    return new Ratio(this.num * o.num, this.den * o.den)
  }

  over(o) {
    return new Ratio(this.num * o.den, this.den * o.num)
  }

  plus(o) {
    return new Ratio(this.num * o.den + o.num * this.den, this.den * o.den)
  }

  minus(o) {
    return this.plus(new Ratio(-o.num, o.den))
  }

  lessThan(o) {
    return this.num * o.den < o.num * this.den
  }

  floor() {
    return this.num >= 0n ? this.num / this.den : -ceilDiv(-this.num, this.den)
  }

  ceil() {
    return this.num >= 0n ? ceilDiv(this.num, this.den) : -(-this.num / this.den)
  }

  /** Decimal text cut (not rounded) after `digits` significant digits, without trailing zeros. */
  toSignificant(digits) {
    if (this.num === 0n) return '0'
    let exponent = 0
    let scaled = this
    const low = Ratio.ten(digits - 1)
    const high = Ratio.ten(digits)
    while (scaled.lessThan(low)) {
      scaled = scaled.times(Ratio.ten(1))
      exponent--
    }
    while (!scaled.lessThan(high)) {
      scaled = scaled.over(Ratio.ten(1))
      exponent++
    }
    const whole = scaled.floor()
    if (exponent >= 0) return (whole * 10n ** BigInt(exponent)).toString()
    const text = whole.toString().padStart(1 - exponent, '0')
    const cut = text.length + exponent
    return `${text.slice(0, cut)}.${text.slice(cut)}`.replace(/\.?0+$/, '')
  }
}

function gcd(a, b) {
  while (b) [a, b] = [b, a % b]
  return a || 1n
}

function ceilDiv(a, b) {
  return (a + b - 1n) / b
}

/**
 * The factor from smallest units of `from` to smallest units of `to`: mid rate of the rates file
 * (1 base = rate of each) times (1 - spread), scales included.
 * `ratesText` is the file's text: its numbers are taken digit by digit.
 */
export function pathRate(ratesText, from, to, spreadBps = 0) {
  const per = (code) => {
    const base = /"base"\s*:\s*"([^"]+)"/.exec(ratesText)[1]
    const m = new RegExp(`"${code}"\\s*:\\s*"?([0-9.eE+-]+)"?`).exec(ratesText)
    if (m) return Ratio.of(m[1])
    if (code === base) return new Ratio(1n)
    throw new Error(`no rate for ${code}`)
  }
  return per(to.assetCode)
    .over(per(from.assetCode))
    .times(Ratio.ten(to.assetScale - from.assetScale))
    .times(new Ratio(10000n - BigInt(spreadBps), 10000n))
}

/** "10.00" at scale 2 to 1000n. */
export function toUnits(text, scale) {
  return Ratio.of(text).times(Ratio.ten(scale)).floor()
}
