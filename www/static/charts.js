// Draws each chart of a page with Chart.js, from the table that stands below it, in place of the picture
// that the server drew. Numbers of the page are only drawn here: what is read out stays as it came.
'use strict'
{
  const { Chart } = globalThis
  const HOUR_MS = 3600000
  const zone = document.documentElement.dataset.zone || undefined
  const language = document.documentElement.lang
  const drawn = new Map() // box -> its chart

  const format = (stepMs) => {
    const options = stepMs > HOUR_MS ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone })
  }

  const colour = (element) => getComputedStyle(element).color
  const faint = (rgb) => rgb.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.22)')

  /** The columns of a table: what it says of times or amounts, and the figures of each series that is drawn. */
  const read = (box) => {
    const table = box.querySelector('table')
    const rows = [...table.tBodies[0].rows]
    const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent)
    const time = format(Number(box.dataset.step))
    const label = (cell) => {
      const at = cell.querySelector('time')
      return at ? time.format(new Date(at.dateTime)) : cell.textContent.trim()
    }
    const labels = rows.map((row) => label(row.cells[0]))
    const series = names.map((name, i) => {
      const cells = rows.map((row) => row.cells[i + 1])
      return {
        name,
        place: i + 1,
        values: cells.map((cell) => (cell.dataset.value === undefined ? null : Number(cell.dataset.value))),
        words: cells.map((cell) => cell.textContent.trim())
      }
    })
    return { labels, series: series.filter((s) => s.values.some((v) => v !== null)) }
  }

  const dataset = (kind, s, ink) => ({
    label: s.name,
    data: s.values,
    words: s.words,
    borderColor: ink,
    backgroundColor: kind === 'bars' ? ink : faint(ink),
    borderWidth: kind === 'bars' ? 0 : 2,
    pointRadius: s.values.filter((v) => v !== null).length === 1 ? 3 : 0,
    pointHitRadius: 8,
    stepped: kind === 'steps' || kind === 'course' ? 'before' : false
  })

  /** Prices are shown in their own range, with a little room. */
  const range = (series) => {
    const all = series.flatMap((s) => s.values).filter((v) => v !== null)
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const room = (high - low || Math.abs(high) || 1) * 0.1
    return { suggestedMin: low - room, suggestedMax: high + room }
  }

  const options = (kind, series, quiet) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: { stacked: kind === 'bars', grid: { display: false }, ticks: { color: quiet, maxRotation: 0, autoSkipPadding: 24 } },
      y: { stacked: kind === 'bars', beginAtZero: kind !== 'course', ...(kind === 'course' ? range(series) : {}), grid: { color: faint(quiet) }, ticks: { color: quiet, maxTicksLimit: 6 } }
    },
    plugins: {
      legend: { display: false }, // it is in the page
      tooltip: { callbacks: { label: (at) => `${at.dataset.label}: ${at.dataset.words[at.dataIndex]}` } }
    }
  })

  const draw = (box) => {
    const kind = box.dataset.chart
    const picture = box.querySelector('svg')
    const quiet = colour(box.querySelector('thead th'))
    const { labels, series } = read(box)
    let frame = box.querySelector('.canvas')
    if (!frame) {
      frame = document.createElement('div')
      frame.className = 'canvas'
      const canvas = document.createElement('canvas')
      canvas.setAttribute('role', 'img')
      canvas.setAttribute('aria-label', picture.getAttribute('aria-label'))
      frame.append(canvas)
      picture.before(frame)
      picture.setAttribute('hidden', '')
    }
    drawn.get(box)?.destroy()
    const datasets = series.map((s) => dataset(kind, s, colour(box.querySelector(`.series-${s.place}`) ?? box)))
    drawn.set(box, new Chart(frame.firstChild, { type: kind === 'bars' ? 'bar' : 'line', data: { labels, datasets }, options: options(kind, series, quiet) }))
  }

  const drawAll = (root) => {
    for (const [box, chart] of drawn) {
      if (box.isConnected) continue
      chart.destroy()
      drawn.delete(box)
    }
    for (const box of root.querySelectorAll('[data-chart]')) draw(box)
  }

  Chart.defaults.locale = language
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
  document.addEventListener('dressed', (event) => drawAll(event.detail))
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(document))
  drawAll(document)
}
