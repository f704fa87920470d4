// Draws a desk: charts whose numbers come from Python, and which say what is picked in them.
//
// Everything travels in messages and nothing in the widget's state: a state may be saved in a notebook, a message never.
// One question at a time is on its way; while Python answers, only the latest pick waits.

const made = (tag, text = "", parts = []) => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.append(...parts);
    return element;
};

function control(name, { label, options, value }, send) {
    const select = made("select", "", options.map((option) => new Option(option, option, false, option === value)));
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

function table({ columns, rows, more }) {
    const head = made("tr", "", columns.map((column) => made("th", column)));
    const body = rows.map((row) => made("tr", "", row.map((value) => made("td", value))));
    return made("div", "", [made("table", "", [made("thead", "", [head]), made("tbody", "", body)]), made("p", more)]);
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
    const controls = made("div");
    const said = made("span");
    const charts = made("div");
    const people = made("div");
    const show = button("Show the people", "people", () => ask({ people: true }));
    const clear = button("Pick nobody", "clear", () => ask({ clear: true }));
    const drawn = {};
    let turn = Promise.resolve();
    let answering = 0;
    let waiting = {};

    // Five seconds: should an answer be lost, because somebody stopped the kernel, the next pick goes out again.
    function ask(question) {
        waiting = { ...waiting, ...question, picks: { ...waiting.picks, ...question.picks } };
        if (performance.now() - answering < 5000) return;
        answering = performance.now();
        model.send(waiting);
        waiting = {};
    }

    function place() {
        const title = made("h3"), place = made("div");
        charts.append(made("figure", "", [title, place]));
        return { title, place };
    }

    async function draw(name, spec, { rows }) {
        drawn[name].finalize?.();
        const options = { renderer: "svg", actions: false };
        const whole = { ...spec, data: { name: "rows", values: rows } };
        Object.assign(drawn[name], await vegaEmbed(drawn[name].place, whole, options));
        const { view } = drawn[name];
        const picked = lodashDebounce(() => ask({ picks: { [name]: cells(view) } }), 40, { maxWait: 80 });
        view.addSignalListener("picked", picked);
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

    async function answered(answer) {
        if (answer.controls) {
            controls.replaceChildren(...Object.entries(answer.controls).map(([name, one]) => control(name, one, ask)));
        }
        for (const name of Object.keys(answer.views)) drawn[name] ??= place();
        await seen(charts);
        for (const [name, spec] of Object.entries(answer.specs ?? {})) await draw(name, spec, answer.views[name]);
        for (const [name, shown] of Object.entries(answer.views)) await fill(name, shown);
        people.replaceChildren(...(answer.people ? [table(answer.people)] : []));
        said.textContent = answer.said;
        answering = 0;
        el.dataset.answers = Number(el.dataset.answers ?? 0) + 1;
        if (Object.keys(waiting).length) ask({});
    }

    const heard = (answer) => { turn = turn.then(() => answered(answer)); };
    controls.className = "controls";
    said.role = "status";
    charts.className = "charts";
    people.className = "people";
    el.classList.add("workbench-desk");
    el.append(controls, made("p", "", [said, show, clear]), charts, people);
    model.on("msg:custom", heard);
    ask({ charts: true });
    return () => {
        model.off("msg:custom", heard);
        Object.values(drawn).forEach(({ finalize }) => finalize?.());
    };
}

export default { render };
