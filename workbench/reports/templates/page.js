// Draws the charts and shows or hides the code; asks nothing of any network.
(() => {
  "use strict";
  // As wide as the column; views that stand side by side stand under each other on a phone.
  const fitted = (spec, room) => {
    if (spec.hconcat && room < 560) return { ...spec, hconcat: undefined, vconcat: spec.hconcat.map((part) => narrowed(part, room)) };
    if (spec.vconcat) return { ...spec, vconcat: spec.vconcat.map((part) => narrowed(part, room)) };
    const split = spec.hconcat || spec.facet || spec.repeat || ["row", "column", "facet"].some((key) => (spec.encoding || {})[key]);
    if (split || (spec.width && spec.width.step)) return spec;
    return { ...spec, width: "container" };
  };
  const narrowed = (part, room) => (part.width > room - 90 ? { ...part, width: room - 90 } : part);

  // Titles come in lines for the narrowest screen; where there is more room they take fewer.
  const lines = (text, letters) => [].concat(text).join(" ").split(" ").reduce((told, word) => {
    const longer = told.length ? `${told[told.length - 1]} ${word}` : word;
    return longer.length <= letters && told.length ? [...told.slice(0, -1), longer] : [...told, word];
  }, []);
  // On a phone a key has one column, and the title of an axis ends where the axis ends.
  const slim = ({ config = {} }) => ({
    config: { ...config, legend: { ...config.legend, columns: 1 }, axisX: { ...config.axisX, titleAnchor: "end" } },
  });
  // What a chart has for a narrow screen: names of rows above their marks, names of columns upright.
  const told = ({ params = [] }) => params.map((each) => (each.name === "narrow" ? { ...each, value: true } : each));
  const narrow = (spec, room) => (room < 480 ? { ...spec, ...(spec.usermeta || {}).narrow, params: told(spec) } : spec);
  const titled = (spec, room) => {
    const { text, subtitle } = spec.title || {};
    if (!text) return spec;
    const below = subtitle ? { subtitle: lines(subtitle, room / 8.5) } : {};
    return { ...spec, ...(room < 480 ? slim(spec) : {}), title: { ...spec.title, text: lines(text, room / 11.5), ...below } };
  };

  // A picture whose texts need more room than it has shows all of itself, a little smaller.
  const whole = (picture) => {
    const around = picture.getBoundingClientRect();
    const boxes = [...picture.querySelectorAll("text")].map((text) => text.getBoundingClientRect()).filter((box) => box.width);
    const beyond = (side, sign) => Math.ceil(Math.max(0, ...boxes.map((box) => sign * (box[side] - around[side]))));
    const [left, top, right, below] = [beyond("left", -1), beyond("top", -1), beyond("right", 1), beyond("bottom", 1)];
    if (!(left + top + right + below)) return;
    picture.setAttribute("viewBox", `${-left} ${-top} ${around.width + left + right} ${around.height + top + below}`);
  };

  // The rows of a chart's largest data set, for a spreadsheet; a text that it could take for a formula gets a quote.
  const csv = (spec) => {
    const rows = Object.values(spec.datasets || {}).sort((a, b) => b.length - a.length)[0] || [];
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const cell = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\r\n");
  };
  const saved = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const PAPER = { width: 900, height: 75 }; // pixels of a chart on a sheet of paper, a quarter smaller there

  // Where the numbers come from: the name of the source, as the page says it.
  const from = (document.querySelector("p.data, p.lead") || { textContent: "" }).textContent.split(":")[0].trim();

  // Without the file that draws, each chart says in words what it shows.
  const inWords = (figure) => {
    const words = document.createElement("p");
    words.textContent = figure.getAttribute("aria-label") + " " + {{ say("(The picture needs the file vega.js beside this page.)") | tojson }};
    figure.querySelector("div").append(words);
    figure.dataset.drawn = "words";
  };

  const draw = async (figure, number) => {
    const source = document.createElement("span");
    source.textContent = from ? {{ say("Source: {name}.", name="%s") | tojson }}.replace("%s", () => from) + " " : "";
    const text = figure.querySelector("script").textContent, data = figure.querySelector("button.csv");
    data.hidden = false;
    data.before(source);
    data.addEventListener("click", () => saved(csv(JSON.parse(text)), `chart-${number + 1}.csv`));
    if (!window.vegaEmbed) return inWords(figure);
    const place = figure.querySelector("div"), room = figure.clientWidth;
    const spec = titled(narrow(fitted(JSON.parse(text), room), room), room);
    const how = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };
    await vegaEmbed(place, spec, how);
    whole(place.querySelector("svg.marks"));
    // A summary is one sheet of paper: its chart is drawn for it, as wide as the sheet and low.
    if (figure.closest("main.site")) {
      const paper = document.createElement("div");
      paper.className = "paper";
      place.after(paper);
      await vegaEmbed(paper, titled({ ...JSON.parse(text), ...PAPER }, PAPER.width), how);
    }
    // The figure says in words what it shows; its marks would be read as raw numbers.
    figure.querySelectorAll("svg").forEach((picture) => picture.setAttribute("aria-hidden", "true"));
    figure.dataset.drawn = "true";
  };
  document.querySelectorAll("figure.chart").forEach(draw);

  // The contents mark the section that is being read.
  const headings = [...document.querySelectorAll("main h2[id], main h3[id]")];
  const mark = () => {
    const now = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3).pop();
    document.querySelectorAll(".contents a").forEach((link) => {
      if (now && link.hash === `#${now.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  addEventListener("scroll", mark, { passive: true });
  mark();

  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(max-width: 64rem)").matches) contents.open = false;

  // Code stays out of sight until somebody asks for it; without scripts it can be unfolded cell by cell.
  const button = document.getElementById("code");
  const show = (open) => {
    document.documentElement.classList.toggle("quiet", !open);
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? {{ say("Hide the code") | tojson }} : {{ say("Show the code") | tojson }};
    document.querySelectorAll("details.code").forEach((part) => (part.open = open));
  };
  if (button) {
    show(false);
    button.hidden = false;
    button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  }
})();
