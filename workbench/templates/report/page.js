// Draws the charts and shows or hides the code; asks nothing of any network.
(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const figures = [...document.querySelectorAll("figure.chart")];

  // Charts take the page's own ink, so that they are readable on a dark screen and on white paper.
  const inks = (night) => {
    const ink = night ? "#e8e6e1" : "#22262b", soft = night ? "#b3b0a8" : "#555b63", line = night ? "#4a4d52" : "#d9d7d0";
    return {
      background: null,
      title: { color: ink, subtitleColor: soft },
      axis: { labelColor: soft, titleColor: soft, domainColor: line, tickColor: line, gridColor: line },
      legend: { labelColor: soft, titleColor: soft },
      header: { labelColor: ink, titleColor: soft },
      view: { stroke: null },
    };
  };

  const merged = (under, over) => {
    const out = { ...under };
    for (const [key, value] of Object.entries(over))
      out[key] = value && typeof value === "object" && !Array.isArray(value) ? merged(out[key] || {}, value) : value;
    return out;
  };

  // A chart as wide as the column: one view fills it, views side by side stand under each other on a phone.
  const fitted = (spec, room) => {
    if (spec.hconcat && room < 560) return fitted({ ...spec, vconcat: spec.hconcat, hconcat: undefined }, room);
    if (spec.vconcat) return { ...spec, vconcat: spec.vconcat.map((part) => narrowed(part, room - 90)) };
    if (spec.hconcat || spec.facet || spec.repeat || (spec.encoding && (spec.encoding.row || spec.encoding.column || spec.encoding.facet)))
      return spec;
    if (spec.width && spec.width.step) return spec;
    return { ...spec, width: "container", autosize: { type: "fit-x", contains: "padding" } };
  };
  const narrowed = (part, room) => (typeof part.width === "number" && part.width > room ? { ...part, width: room } : part);

  // Long titles and subtitles wrap instead of leaving the page.
  const wrapped = (text, letters) => {
    const lines = [];
    for (const line of Array.isArray(text) ? text : [text]) {
      let row = "";
      for (const word of String(line).split(" ")) {
        if (row && (row + " " + word).length > letters) { lines.push(row); row = word; } else row = row ? row + " " + word : word;
      }
      lines.push(row);
    }
    return lines;
  };
  const titled = (spec, room) => {
    if (!spec.title) return spec;
    const title = typeof spec.title === "object" && !Array.isArray(spec.title) ? { ...spec.title } : { text: spec.title };
    if (title.text) title.text = wrapped(title.text, Math.floor(room / 8));
    if (title.subtitle) title.subtitle = wrapped(title.subtitle, Math.floor(room / 6.4));
    return { ...spec, title };
  };

  const draw = async (figure, night) => {
    const place = figure.querySelector("div"), room = figure.clientWidth;
    const spec = titled(fitted(JSON.parse(figure.querySelector("script").textContent), room), room);
    spec.config = merged(spec.config || {}, inks(night));
    delete spec.$schema;
    await vegaEmbed(place, spec, { mode: "vega-lite", renderer: "svg", actions: false, ast: true });
    // The figure has the name; what has none inside it is decoration to a screen reader.
    place.querySelectorAll("svg g[role]:not([aria-label])").forEach((g) => g.setAttribute("aria-hidden", "true"));
    figure.dataset.drawn = "true";
  };
  const drawAll = (night) => Promise.all(figures.map((figure) => draw(figure, night)));

  if (figures.length && window.vegaEmbed) {
    drawAll(dark.matches);
    dark.addEventListener("change", () => drawAll(dark.matches));
    addEventListener("beforeprint", () => dark.matches && drawAll(false));
    addEventListener("afterprint", () => dark.matches && drawAll(true));
    let width = innerWidth, wait;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(wait);
      wait = setTimeout(() => drawAll(dark.matches), 200);
    });
  }

  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(max-width: 64rem)").matches) contents.open = false;

  const button = document.getElementById("code");
  if (button) button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Hide the code" : "Show the code";
    document.querySelectorAll("details.code").forEach((part) => (part.open = open));
  });
})();
