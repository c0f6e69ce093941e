// A picture of a page, which has few colours, with a palette: a third of the bytes.

import { deflateSync, inflateSync } from 'node:zlib'

const COLOURS = 256
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

function crc(bytes) {
  let c = ~0
  for (const b of bytes) {
    c ^= b
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}

function* chunks(png) {
  for (let at = 8; at < png.length; ) {
    const n = png.readUInt32BE(at)
    yield [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + n)]
    at += n + 12
  }
}

function chunk(type, data) {
  const out = Buffer.alloc(data.length + 12)
  out.writeUInt32BE(data.length)
  out.write(type, 4, 'latin1')
  data.copy(out, 8)
  out.writeUInt32BE(crc(out.subarray(4, data.length + 8)), data.length + 8)
  return out
}

/** Undoes the filters (PNG 9.2) of 8-bit pixels. */
function pixels(raw, width, height, bytes) {
  const line = width * bytes
  const out = Buffer.alloc(line * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)]
    for (let x = 0; x < line; x++) {
      const left = x >= bytes ? out[y * line + x - bytes] : 0
      const up = y ? out[(y - 1) * line + x] : 0
      const corner = x >= bytes && y ? out[(y - 1) * line + x - bytes] : 0
      const p = left + up - corner
      const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)]
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner
      const guess = [0, left, up, (left + up) >> 1, paeth][filter]
      out[y * line + x] = raw[y * (line + 1) + 1 + x] + guess
    }
  }
  return out
}

/** The most frequent colours, and for each other one the nearest of them. */
function palette(counts) {
  const all = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b)
  const kept = all.slice(0, COLOURS)
  const rgb = (c) => [c >> 16, (c >> 8) & 255, c & 255]
  const index = new Map(kept.map((c, i) => [c, i]))
  for (const c of all.slice(COLOURS)) {
    const [r, g, b] = rgb(c)
    let best = 0
    let least = Infinity
    kept.forEach((k, i) => {
      const [x, y, z] = rgb(k)
      const d = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2
      if (d < least) [best, least] = [i, d]
    })
    index.set(c, best)
  }
  return { plte: Buffer.from(kept.flatMap(rgb)), index }
}

/** A PNG of Chromium's (8 bits, RGB or RGBA, not interlaced) -> the same with 256 colours at most. */
export function withPalette(png) {
  const parts = [...chunks(png)]
  const head = parts.find(([type]) => type === 'IHDR')[1]
  const [width, height, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9]]
  if (head[8] !== 8 || (kind !== 2 && kind !== 6) || head[12] !== 0) throw new Error('a PNG of another kind')
  const bytes = kind === 2 ? 3 : 4
  const data = pixels(inflateSync(Buffer.concat(parts.filter(([type]) => type === 'IDAT').map(([, d]) => d))), width, height, bytes)
  const colour = (i) => (data[i * bytes] << 16) | (data[i * bytes + 1] << 8) | data[i * bytes + 2]
  const counts = new Map()
  for (let i = 0; i < width * height; i++) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1)
  const { plte, index } = palette(counts)
  const out = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[y * (width + 1) + 1 + x] = index.get(colour(y * width + x))
  }
  const ihdr = Buffer.from(head)
  ihdr[9] = 3
  return Buffer.concat([SIGNATURE, chunk('IHDR', ihdr), chunk('PLTE', plte), chunk('IDAT', deflateSync(out, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}
