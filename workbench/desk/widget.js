// Draws a desk: charts whose numbers come from Python, and which say what is picked in them.
//
// Everything travels in messages and nothing in the widget's state: a state may be saved in a notebook, a message never.
// One question at a time is on its way; while Python answers, only the latest pick waits, and while the charts draw,
// only the latest numbers do. So the desk follows a brush as fast as it can and never lags behind it.

const made = (tag, text = "", parts = []) => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.append(...parts);
    return element;
};

function control(name, { label, options, value }, send) {
    const select = made("select", "", options.map(([said, option]) => new Option(said, option, false, option === value)));
    select.name = name;
    select.onchange = () => send({ look: { [name]: select.value } });
    return made("label", label, [select]);
}

function button(text, name, onclick) {
    const element = made("button", text);
    element.name = name;
    element.onclick = onclick;
    return element;
}

// One sign per week: how many days somebody came, "." without access.
function course(signs) {
    const weeks = [...signs].map((sign) => {
        const week = made("i");
        week.className = sign === "." ? "none" : `days-${sign}`;
        return week;
    });
    const all = made("span", "", weeks);
    all.className = "course";
    all.style.setProperty("--week", `${Math.min(6, Math.max(2, Math.floor(120 / weeks.length)))}px`);
    return all;
}

function table({ columns, rows, courses, more }) {
    const head = [...columns, "week by week"].map((column) => made("th", column));
    const body = rows.map((row, i) => {
        const cells = row.map((value) => made("td", value));
        return made("tr", "", [...cells, made("td", "", [course(courses[i])])]);
    });
    const whole = [made("thead", "", [made("tr", "", head)]), made("tbody", "", body)];
    return [made("table", "", whole), made("p", more)];
}

// What is picked in a chart: one object per mark or brush, key -> values.
function cells(view) {
    const one = ({ fields, values }) => fields.map(({ field }, i) => [field, [values[i]].flat()]);
    return view.data("picked_store").map((tuple) => Object.fromEntries(one(tuple)));
}

// JupyterLab makes a widget before it has a place; a chart as wide as nothing is never done drawing.
function seen(element) {
    return new Promise((resolve) => {
        const watch = new ResizeObserver(() => {
            if (element.clientWidth === 0) return;
            watch.disconnect();
            resolve();
        });
        watch.observe(element);
    });
}

async function render({ model, el }) {
    const part = (name, tag = "div") => Object.assign(made(tag), { className: name });
    const controls = part("controls"), said = part("said", "span"), picks = part("picks", "span"), charts = part("charts");
    const people = part("people"), kept = part("kept", "span");
    const show = button("Show the people", "people", () => ask({ people: show.name === "people" }));
    const clear = button("Pick nobody", "clear", () => ask({ clear: true }));
    const name = Object.assign(document.createElement("input"), { name: "selection", placeholder: "name of the selection" });
    const keep = button("Keep them", "keep", () => ask({ keep: name.value }));
    const drawn = {};
    let answering = 0, waiting = {}, arrived = null, drawing = false;

    // Five seconds: should an answer be lost, because somebody stopped the kernel, the next pick goes out again.
    function ask(question) {
        waiting = { ...waiting, ...question, picks: { ...waiting.picks, ...question.picks } };
        if (performance.now() - answering < 5000) return;
        answering = performance.now();
        model.send(waiting);
        waiting = {};
    }

    function place() {
        const title = made("h3"), hint = part("hint"), place = made("div");
        charts.insertBefore(made("figure", "", [title, hint, place]), people.parentElement);
        return { title, hint, place };
    }

    async function draw(name, spec, { rows }) {
        const here = drawn[name];
        here.finalize?.();
        here.hint.textContent = JSON.stringify(spec).includes('"interval"') ? "Drag to pick" : "Click to pick, shift for more";
        const whole = { ...spec, data: { name: "rows", values: rows } };
        Object.assign(here, await vegaEmbed(here.place, whole, { renderer: "svg", actions: false }));
        const picked = () => here.view.runAfter((view) => ask({ picks: { [name]: cells(view) } }));
        here.view.addSignalListener("picked", picked);
    }

    // The scales of colours end at what everybody does, or at the largest number of people: never at nothing.
    async function fill(name, { title, share, rows }) {
        const { view, title: heading, place } = drawn[name];
        const largest = (...fields) => Math.max(...rows.flatMap((row) => fields.map((field) => row[field]))) || 1;
        heading.textContent = title;
        place.querySelector("svg").setAttribute("aria-label", title);
        view.signal("share", share).signal("top", largest("estimate", "everybody")).signal("most", largest("n"));
        await view.data("rows", rows).runAsync();
    }

    function chip({ words, number }) {
        const away = button("×", "drop", () => ask({ drop: number }));
        away.ariaLabel = `Pick without ${words}`;
        return made("span", words, [away]);
    }

    function tell(answer) {
        if (answer.controls) {
            controls.replaceChildren(...Object.entries(answer.controls).map(([name, one]) => control(name, one, ask)));
        }
        said.textContent = answer.said;
        picks.replaceChildren(...answer.picks.map(chip));
        clear.disabled = answer.picks.length === 0;
        kept.textContent = answer.kept ?? "";
        show.name = answer.people ? "hide" : "people";
        show.textContent = answer.people ? "Hide the people" : "Show the people";
        people.replaceChildren(...(answer.people ? table(answer.people) : []));
    }

    async function answered(answer) {
        tell(answer);
        for (const name of Object.keys(answer.views)) drawn[name] ??= place();
        await seen(charts);
        for (const [name, spec] of Object.entries(answer.specs)) await draw(name, spec, answer.views[name]);
        for (const [name, shown] of Object.entries(answer.views)) await fill(name, shown);
        el.dataset.answers = Number(el.dataset.answers ?? 0) + 1;
    }

    async function heard(answer) {
        answering = 0;
        if (Object.keys(waiting).length) ask({});
        const { views, specs, ...rest } = arrived ?? {};
        arrived = { ...rest, ...answer, views: { ...views, ...answer.views }, specs: { ...specs, ...answer.specs } };
        if (drawing) return;
        drawing = true;
        try {
            for (let next = arrived; next; next = arrived) {
                arrived = null;
                await answered(next);
            }
        } finally {
            drawing = false;
        }
    }

    said.role = kept.role = "status";
    el.classList.add("workbench-desk");
    const saved = made("span", "", [name, keep, kept]);
    charts.append(made("figure", "", [made("h3", "The people picked"), made("p", "", [show, saved]), people]));
    el.append(controls, made("p", "", [said, picks, clear]), charts);
    model.on("msg:custom", heard);
    ask({ charts: true });
    return () => {
        model.off("msg:custom", heard);
        Object.values(drawn).forEach(({ finalize }) => finalize?.());
    };
}

export default { render };
