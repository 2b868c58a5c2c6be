/* Draws the charts of a page from the JSON beside each holder. Colours and type come from the tokens; a table of the same figures always stands below. */
(function () {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = new Map();
  let library = null;

  function load() {
    library = library || new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: document.body.dataset.echarts, onload: done, onerror: failed });
      document.head.append(script);
    });
    return library;
  }

  function tokens() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue("--" + name).trim();
    const size = parseFloat(read("chart-text")) || 12;
    return { read, size, text: { color: read("ink-3"), fontSize: size, fontFamily: read("font") }, colours: ["brand", "series-2", "series-3", "series-4"].map(read) };
  }

  const known = (list) => list.filter((value) => value !== null && value !== undefined);
  const format = (value, data) => (value === null || value === undefined ? "–" : Number(value).toLocaleString(document.documentElement.lang, { minimumFractionDigits: data.decimals || 0, maximumFractionDigits: data.decimals || 0 }) + (data.unit || ""));

  /* the band is drawn as one polygon for each run of weeks without a gap */
  function band(series, colour, t) {
    const points = series.values.map((_value, at) => [at, series.lower[at], series.upper[at]]);
    const runs = [];
    points.forEach((point) => {
      const open = runs[runs.length - 1];
      if (point[1] === null || point[2] === null) { if (open && open.length) runs.push([]); }
      else if (open) open.push(point); else runs.push([point]);
    });
    return {
      type: "custom", silent: true, z: 1, data: runs.filter((run) => run.length > 1).map((run, at) => [run[0][0], at]), tooltip: { show: false },
      renderItem(params, api) {
        const run = runs.filter((one) => one.length > 1)[params.dataIndexInside];
        const up = run.map((point) => api.coord([point[0], point[2]]));
        const down = run.map((point) => api.coord([point[0], point[1]])).reverse();
        return { type: "polygon", shape: { points: up.concat(down) }, style: { fill: colour === t.colours[0] ? t.read("band") : colour, opacity: colour === t.colours[0] ? 1 : 0.15 } };
      },
    };
  }

  /* on a phone notes are numbers above the chart; what they say is listed below it */
  const NARROW = 420;
  function numbered(data, t) {
    const found = new Map();
    (data.events || []).forEach((event, place) => found.set(event.at, [...(found.get(event.at) || []), place + 1]));
    const look = { position: "end", distance: 3, padding: [2, 5], borderRadius: 8, borderWidth: 1, borderColor: t.read("edge"), backgroundColor: t.read("surface"), ...t.text };
    return [...found].map(([at, places]) => ({ xAxis: at, lineStyle: { color: t.read("edge"), type: [1, 3] }, label: { ...look, formatter: places.join(" ") } }));
  }

  /* notes stand beside their line, towards the middle; where two would meet, the later one goes a row down */
  function noted(data, t, wide) {
    if (wide < NARROW) return numbered(data, t);
    const rows = [], most = wide * 0.45, step = wide / Math.max(1, data.labels.length);
    return (data.events || []).map((event) => {
      const at = (data.labels.indexOf(event.at) + 0.5) * step, long = Math.min(width(event.text, t) + 12, most);
      const leftwards = at > wide / 2, from = leftwards ? at - long : at, to = leftwards ? at : at + long;
      let row = rows.findIndex((taken) => taken.every((one) => to <= one[0] || from >= one[1]));
      if (row < 0) row = rows.push([]) - 1;
      rows[row].push([from, to]);
      const label = { formatter: event.text, position: leftwards ? "insideEndBottom" : "insideEndTop", rotate: 0, align: leftwards ? "right" : "left", verticalAlign: "top", width: most, overflow: "truncate", padding: [row * (t.size + 4), 4, 0, 4], ...t.text };
      return { xAxis: event.at, lineStyle: { color: t.read("edge"), type: [1, 3] }, label };
    });
  }

  function marks(data, t, words, wide) {
    const lines = noted(data, t, wide);
    if (data.target !== null && data.target !== undefined) {
      lines.push({ yAxis: data.target, lineStyle: { color: t.read("ink-3"), type: [4, 4] }, label: { formatter: (data.target_label || words.target) + " " + format(data.target, data), position: "insideStartTop", ...t.text } });
    }
    return lines.length ? { silent: true, symbol: "none", animation: false, data: lines } : undefined;
  }

  function bounds(data) {
    const values = known(data.series.flatMap((one) => [...one.values, ...(one.lower || []), ...(one.upper || [])]).concat(data.target ?? []));
    if (!values.length) return { min: 0, max: 1 };
    const low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.1 || 1;
    const rough = (high - low + 2 * room) / 5, power = 10 ** Math.floor(Math.log10(rough));
    const interval = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
    return { min: Math.floor((low - room) / interval) * interval, max: Math.ceil((high + room) / interval) * interval, interval };
  }

  /* roughly how wide a text is drawn: Chinese characters take a whole square */
  const width = (text, t) => [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 1 : 0.6), 0) * t.size;

  /* a dot marks the last point, and one that has no neighbour to draw a line to */
  function shown(values, at) {
    const gap = (value) => value === null || value === undefined;
    const last = values.reduce((found, value, place) => (gap(value) ? found : place), -1);
    return at === last ? 9 : gap(values[at - 1]) && gap(values[at + 1]) ? 6 : 0;
  }

  function ending(series, data, t) {
    const last = series.values.reduce((found, value, place) => (value === null ? found : place), -1);
    const half = last >= 0 && series.lower && series.lower[last] !== null ? (series.upper[last] - series.lower[last]) / 2 : null;
    return { show: true, distance: 8, color: t.read("ink"), fontSize: t.size + 1, fontWeight: 600, fontFamily: t.read("font"), formatter: () => (last < 0 ? "" : format(series.values[last], data) + (half === null ? "" : " ± " + format(half, data))) };
  }

  function axis(t, more) {
    return { axisLine: { lineStyle: { color: t.read("line-2") } }, axisTick: { show: false }, axisLabel: { ...t.text, hideOverlap: true }, splitLine: { lineStyle: { color: t.read("line") } }, ...more };
  }

  function tip(data, words, t) {
    return {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: t.read("surface"), borderColor: t.read("line-2"), textStyle: { ...t.text, color: t.read("ink") },
      axisPointer: { lineStyle: { color: t.read("edge") } },
      formatter(params) {
        const at = params[0].dataIndex;
        const lines = data.series.map((one) => one.name + "  " + format(one.values[at], data)
          + (one.lower && one.lower[at] !== null ? "  (" + format(one.lower[at], data) + " – " + format(one.upper[at], data) + ")" : ""));
        if (data.n) lines.push(words.n + "  " + format(data.n[at], {}));
        return [data.labels[at], ...lines].join("\n");
      },
    };
  }

  function trend(data, words, t, box) {
    const several = data.series.length > 1;
    const limits = bounds(data);
    const left = Math.max(width(format(limits.min, data), t), width(format(limits.max, data), t)) + 12;
    const right = Math.max(several ? 16 : 60, data.n ? width(words.n + " " + format(data.n[data.n.length - 1], {}), t) + 16 : 0);
    const lines = data.series.flatMap((one, place) => {
      const colour = t.colours[place % t.colours.length];
      const line = {
        type: "line", name: one.name, data: one.values, z: 3, symbol: "circle", symbolSize: (value, params) => shown(one.values, params.dataIndex), showSymbol: true, showAllSymbol: true, connectNulls: false,
        lineStyle: { color: colour, width: 2, type: ["solid", "dashed", "dotted", [8, 3, 2, 3]][place % 4] }, itemStyle: { color: colour, borderColor: t.read("surface"), borderWidth: 2 }, emphasis: { disabled: true },
      };
      if (!several) line.endLabel = ending(one, data, t);
      if (place === 0) line.markLine = marks(data, t, words, box - left - right);
      return one.lower && one.upper ? [band(one, colour, t), line] : [line];
    });
    const grid = [{ left, right, top: (several ? 36 : 16) + ((data.events || []).length && box - left - right < NARROW ? t.size : 0), bottom: (data.n ? 44 : 0) + t.size + 16 }];
    const x = [axis(t, { type: "category", data: data.labels, boundaryGap: Boolean(data.n), splitLine: { show: false } })];
    const y = [axis(t, { type: "value", ...limits, axisLine: { show: false }, axisLabel: { ...t.text, formatter: (value) => format(value, { unit: data.unit, decimals: data.decimals }) } })];
    if (data.n) {
      grid.push({ left, right, height: 20, bottom: 4 });
      x.push(axis(t, { type: "category", gridIndex: 1, data: data.labels, axisLabel: { show: false }, axisLine: { show: false }, splitLine: { show: false } }));
      y.push(axis(t, { type: "value", gridIndex: 1, min: 0, splitNumber: 1, axisLabel: { show: false }, splitLine: { show: false } }));
      lines.push({ type: "bar", name: words.n, data: data.n, xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: 12, itemStyle: { color: t.read("line-2"), borderRadius: 1 }, emphasis: { disabled: true },
        label: { show: true, position: "right", distance: 6, ...t.text, formatter: (point) => (point.dataIndex === data.n.length - 1 ? words.n + " " + format(point.value, {}) : "") },
      });
    }
    return { grid, xAxis: x, yAxis: y, series: lines, axisPointer: { link: [{ xAxisIndex: "all" }] }, ...legend(several, data, t) };
  }

  function legend(several, data, t) {
    return several ? { legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 14, itemHeight: 8, textStyle: { ...t.text, color: t.read("ink-2") }, data: data.series.map((one) => one.name) } } : {};
  }

  function bars(data, words, t, box) {
    const several = data.series.length > 1;
    const category = axis(t, { type: "category", data: data.labels, splitLine: { show: false }, inverse: Boolean(data.horizontal) });
    const value = axis(t, { type: "value", axisLine: { show: false }, axisLabel: { ...t.text, formatter: (x) => format(x, { unit: data.unit, decimals: data.decimals }) } });
    return {
      grid: [{ left: 8, right: 24, top: several ? 36 : 16, bottom: 8, containLabel: true }],
      xAxis: [data.horizontal ? value : category], yAxis: [data.horizontal ? category : value], ...legend(several, data, t),
      series: data.series.map((one, place) => ({
        type: "bar", name: one.name, data: one.values, stack: data.stacked ? "all" : undefined, barMaxWidth: 28, emphasis: { disabled: true },
        itemStyle: { color: one.tone ? t.read(one.tone) : t.colours[place % t.colours.length], borderRadius: data.stacked ? 0 : 2, borderColor: t.read("surface"), borderWidth: data.stacked ? 1 : 0 },
        markLine: place === 0 && !data.horizontal ? marks(data, t, words, box - 64) : undefined,
      })),
    };
  }

  function draw(holder) {
    const box = holder.querySelector(".chart-box");
    const data = JSON.parse(holder.querySelector("script").textContent);
    const words = JSON.parse(box.dataset.words);
    const t = tokens();
    const make = { trend, bars }[holder.dataset.chart];
    if (!make || !box.clientWidth) return;
    let chart = drawn.get(box);
    if (!chart) {
      chart = window.echarts.init(box, null, { renderer: "svg" });
      drawn.set(box, chart);
      new ResizeObserver(() => chart.resize()).observe(box);
    }
    chart.setOption({ animation: !still, animationDuration: 150, textStyle: { fontFamily: t.read("font") }, aria: { enabled: false }, tooltip: tip(data, words, t), ...make(data, words, t, box.clientWidth) }, true);
  }

  function ready(from) {
    const holders = Array.from(from.querySelectorAll("[data-chart]"));
    if (!holders.length) return;
    /* without the library the holder goes and the table opens: the figures are never lost */
    load().then(() => holders.forEach(draw), () => holders.forEach((holder) => {
      holder.querySelector(".chart-box").hidden = true;
      holder.querySelector("details").open = true;
    }));
  }
  document.addEventListener("themechange", () => ready(document));
  document.addEventListener("partsready", (event) => ready(event.detail));
  ready(document);
})();
